import FoundationEssentials
import Glibc
import Hypervisor
import Sessions
import SystemPackage
import Testing

extension RealMachines {
    /// What a guest reaches, and who reaches it.
    @Suite(.timeLimit(.minutes(4))) struct GuestIsolationTests {
        /// A TCP port of this computer that counts who connects.
        private final class Bait {
            let descriptor: CInt
            let port: UInt16

            init() throws {
                let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                let bound = withUnsafeMutablePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                        bind(descriptor, generic, size) == 0 && listen(descriptor, 16) == 0
                            && getsockname(descriptor, generic, &size) == 0
                    }
                }
                try #require(bound)
                self.descriptor = descriptor
                port = UInt16(bigEndian: address.sin_port)
            }

            deinit { close(descriptor) }

            /// Whether somebody has connected.
            var wasTaken: Bool {
                let connection = accept(descriptor, nil, nil)
                if connection >= 0 { close(connection) }
                return connection >= 0
            }
        }

        @Test func aGuestReachesNothingOfThisComputerNotEvenByHandMadeFrames() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                let http = GuestHTTP(host: fixture.host, machine: machine.identifier)
                try await http.ready()
                let bait = try Bait()
                for address in ["10.0.2.2", "10.0.2.3", "127.0.0.1", "203.0.113.10", "169.254.169.254"] {
                    let answer = try await http.request("POST /api/connect?to=\(address):\(bait.port)")
                    #expect(String(decoding: answer, as: UTF8.self) != "connected", "\(address)")
                }
                for address in [[127, 0, 0, 1], [0, 0, 0, 0], [255, 255, 255, 255], [10, 0, 2, 2], [10, 77, 0, 1]]
                    as [[UInt8]]
                {
                    for source in [40000, 80] as [UInt16] {
                        let frame = Self.connectionAttempt(from: source, to: address, port: bait.port)
                        #expect(try await http.request("POST /api/frame", body: frame) == Array("sent".utf8))
                    }
                }
                // Frames are handled in order, so by this answer all of them have been.
                #expect(try await http.status().ready)
                #expect(!bait.wasTaken)
            }
        }

        /// The bait works: what the test above asserts could fail.
        @Test func theBaitIsTakenByWhoeverReachesIt() async throws {
            let bait = try Bait()
            let probe = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            defer { close(probe) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = bait.port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            #expect(connected && bait.wasTaken)
        }

        @Test func aRunningMachineAddsNoListenerToThisComputer() async throws {
            try await MachineFixture.run { fixture in
                let before = try Self.listeners()
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                try await GuestHTTP(host: fixture.host, machine: machine.identifier).ready()
                _ = try RFBViewer(try await fixture.host.openDisplay(of: machine.identifier))
                #expect(try Self.listeners() == before)
            }
        }

        @Test func socketsOfAMachineAreTheUsersAlone() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                try await GuestHTTP(host: fixture.host, machine: machine.identifier).ready()
                let folder = fixture.settings.runtimeFolder.appending("\(machine.identifier)")
                for path in [fixture.settings.runtimeFolder, folder] {
                    #expect(try Self.permissions(of: path) == 0o700)
                }
                for name in ["port-80.sock", "port-8080.sock", "net.lock", "net.log"] {
                    #expect(try Self.permissions(of: folder.appending(name)) & 0o077 == 0, "\(name)")
                }
            }
        }

        @Test func qemuAndTheNetworkRunWithoutPrivileges() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                try await GuestHTTP(host: fixture.host, machine: machine.identifier).ready()
                let qemu = try Self.status(of: fixture.process("qemu-system-x86_64", of: machine.identifier))
                #expect(qemu["Seccomp"] == "2")
                for status in [qemu, try Self.status(of: fixture.process("lodger-net", of: machine.identifier))] {
                    #expect(status["NoNewPrivs"] == "1")
                    #expect(status["CapEff"] == "0000000000000000")
                    #expect(status["Uid"]?.hasPrefix("\(geteuid())") == true)
                }
            }
        }

        @Test(arguments: ["qemu-system-x86_64", "lodger-net"])
        func qemuAndTheNetworkAreInNamespacesOfTheirOwn(program: String) async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                try await GuestHTTP(host: fixture.host, machine: machine.identifier).ready()
                let process = try fixture.process(program, of: machine.identifier)
                for name in ["user", "mnt", "net", "ipc", "uts", "pid"] {
                    let manager = FileManager.default
                    let its = try manager.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/\(name)")
                    #expect(try its != manager.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(name)"), "\(name)")
                }
                // Of its own it has the loopback interface, and that is down.
                let routes = try String(contentsOfFile: "/proc/\(process)/net/route", encoding: .utf8)
                #expect(routes.split(separator: "\n").count == 1)
            }
        }

        // MARK: What is there

        /// Every TCP and UDP socket of this network namespace that waits for others.
        private static func listeners() throws -> Set<String> {
            var found: Set<String> = []
            for (table, state) in [("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")] {
                let path = "/proc/self/net/\(table)"
                guard FileManager.default.fileExists(atPath: path) else { continue }
                for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst() {
                    let words = line.split(separator: " ")
                    if words[3] == state { found.insert("\(table) \(words[1])") }
                }
            }
            return found
        }

        private static func permissions(of path: FilePath) throws -> Int {
            let value = try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions]
            return try #require(value as? Int)
        }

        private static func status(of process: Int32) throws -> [String: String] {
            let lines = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8).split(separator: "\n")
            return Dictionary(
                lines.compactMap { line in
                    let parts = line.split(separator: ":\t", maxSplits: 1)
                    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
                }, uniquingKeysWith: { first, _ in first })
        }

        /// A TCP SYN in a frame, with good checksums.
        private static func connectionAttempt(from source: UInt16, to address: [UInt8], port: UInt16) -> [UInt8] {
            let guest: [UInt8] = [10, 0, 2, 15]
            func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
            func checksum(_ bytes: [UInt8]) -> [UInt8] {
                var sum = stride(from: 0, to: bytes.count, by: 2).reduce(UInt32(0)) {
                    $0 + UInt32(bytes[$1]) << 8 + UInt32(bytes[$1 + 1])
                }
                while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
                return word(~UInt16(sum))
            }
            let head: [UInt8] = [0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0] + guest + address
            let segment = word(source) + word(port) + [0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0xFF, 0xFF, 0, 0, 0, 0]
            let segmentSum = checksum(guest + address + [0, 6, 0, 20] + segment)
            return [0x52, 0x55, 10, 0, 2, 2, 0x52, 0x54, 0, 0x4C, 0x4F, 0x44, 8, 0]
                + head[..<10] + checksum(head) + head[12...] + segment[..<16] + segmentSum + segment[18...]
        }
    }
}
