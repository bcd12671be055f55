import Cage
import FoundationEssentials
import Glibc
import Hypervisor
import Libvirt
import Logging
import MachineConfig
import Sessions
import Subprocess
import SystemPackage
import Testing

extension Tag {
    /// Starts real machines.
    @Tag static var machine: Self
}

/// Everything that starts machines: one after the other, since they share the user's libvirt and few processors.
@Suite(.tags(.machine), .enabled(if: TestHost.canRunMachines), .serialized) enum RealMachines {}

/// What this computer must have for real machines.
enum TestHost {
    static let package = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    /// Not root, whose session libvirt refuses; QEMU and libvirt; a runtime folder; and a guest that was built before.
    static var canRunMachines: Bool {
        let needed = ["/usr/bin/qemu-system-x86_64", "/usr/bin/qemu-img", "/usr/sbin/libvirtd", guest(.cloud).string]
        return geteuid() != 0 && runtimeFolder != nil
            && needed.allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }

    static var runtimeFolder: FilePath? {
        ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"].map { FilePath($0) }
    }

    enum Flavour: String {
        case cloud
        case full
    }

    /// Where `Tests/Guest/build.sh --flavour F --out build/guest/F` put the guest.
    static func guest(_ flavour: Flavour) -> FilePath { package.appending("build/guest/\(flavour.rawValue)") }

    /// What was built beside these tests.
    static func product(_ name: String) throws -> FilePath {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return FilePath(tests).removingLastComponent().appending(name)
    }
}

/// A machine host with folders of its own, which leaves nothing behind.
final class MachineFixture: Sendable {
    let settings: HypervisorSettings
    let folder: FilePath
    let host: LibvirtMachineHost

    private init(_ settings: HypervisorSettings, folder: FilePath) {
        self.settings = settings
        self.folder = folder
        host = LibvirtMachineHost(settings, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Runs a test with a host; every machine of its is ended after, whatever the test did.
    static func run(emulator: FilePath? = nil, _ body: (MachineFixture) async throws -> Void) async throws {
        let runtime = try #require(TestHost.runtimeFolder).appending("m-\(UUID().uuidString.prefix(4).lowercased())")
        try await withTemporaryFolder { folder in
            var settings = HypervisorSettings(
                cage: Cage(builder: try TestHost.product("lodger-cage")), network: try TestHost.product("lodger-net"),
                runtimeFolder: runtime,
                cacheFolder: folder.appending("cache"))
            settings.accelerator = .tcg
            if let emulator { settings.emulator = emulator }
            let fixture = MachineFixture(settings, folder: folder)
            do {
                try await body(fixture)
            } catch {
                try await fixture.end()
                throw error
            }
            try await fixture.end()
        }
    }

    /// A second host on the same folders: the daemon, started again.
    func secondHost() -> LibvirtMachineHost {
        LibvirtMachineHost(settings, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func end() async throws {
        for machine in try await secondHost().adopt().keys where hasFolder(machine) { try await host.powerOff(machine) }
        try FileManager.default.removeItem(atPath: settings.runtimeFolder.string)
    }

    private func hasFolder(_ machine: MachineIdentifier) -> Bool {
        FileManager.default.fileExists(atPath: settings.runtimeFolder.appending("\(machine)").string)
    }

    // MARK: Specifications

    /// A machine that boots the guest's kernel directly, the fastest way.
    func kernelMachine(
        _ flavour: TestHost.Flavour = .cloud, firmware: Firmware = .bios, hosts: [GuestHost] = [],
        internet: Bool = false, ports: [UInt16] = [80, 8080], display: Bool = true
    ) throws -> MachineSpecification {
        let (kernel, initrd) = (try Specifications.image("1"), try Specifications.image("2"))
        let configuration = Specifications.configuration(
            firmware: firmware,
            boot: .kernel(kernel, initrd: initrd, arguments: "quiet panic=5 tsc=unstable no_timer_check"), hosts: hosts,
            internet: internet, ports: ports, display: display)
        let guest = TestHost.guest(flavour)
        return MachineSpecification(
            identifier: MachineIdentifier(), configuration: configuration,
            images: [kernel.digest: guest.appending("vmlinuz"), initrd.digest: guest.appending("initrd.img")],
            overlays: [])
    }

    /// A machine that boots from a layer of its own over the guest's disk.
    func diskMachine(_ format: DiskFormat) async throws -> MachineSpecification {
        try await diskMachine(
            on: TestHost.guest(.cloud).appending(format == .raw ? "guest.iso" : "guest.qcow2"), format)
    }

    /// A machine whose disk holds lines of text and no system.
    func diskMachine(orders: [String]) async throws -> MachineSpecification {
        let base = folder.appending("orders.img")
        try orders.map { $0 + "\n" }.joined().write(toFile: base.string, atomically: false, encoding: .utf8)
        return try await diskMachine(on: base, .raw)
    }

    private func diskMachine(on base: FilePath, _ format: DiskFormat) async throws -> MachineSpecification {
        let overlay = folder.appending("overlay.qcow2")
        let made = try await Subprocess.run(
            .path("/usr/bin/qemu-img"),
            arguments: ["create", "-q", "-f", "qcow2", "-F", format.rawValue, "-b", base.string, overlay.string],
            output: .discarded, error: .string(limit: 4096))
        #expect(made.terminationStatus.isSuccess, "\(made.standardError)")
        let image = try Specifications.image("3")
        return MachineSpecification(
            identifier: MachineIdentifier(),
            configuration: Specifications.configuration(
                boot: .disk, disks: [Disk(image: image, format: format, capacity: 1 << 30)]),
            images: [image.digest: base], overlays: [overlay])
    }

    // MARK: What is there

    /// The processes whose command line or folder names the machine.
    func processes(of machine: MachineIdentifier) throws -> [Int32: String] {
        var found: [Int32: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let process = Int32(name),
                // A process may end while it is looked at.
                let words = try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline")), !words.isEmpty
            else { continue }
            let line = String(decoding: words, as: UTF8.self)
            if line.contains(machine.description) { found[process] = line }
        }
        return found
    }

    func process(_ program: String, of machine: MachineIdentifier) throws -> Int32 {
        try #require(
            try processes(of: machine).first { $0.value.prefix { $0 != "\0" }.hasSuffix(program) }?.key, "no \(program)"
        )
    }

    /// Waits until nothing of the machine is left: no process, no domain, no folder.
    func expectNothingLeft(of machine: MachineIdentifier) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        var left: [Int32: String] = [:]
        repeat {
            left = try processes(of: machine)
            if left.isEmpty { break }
            try await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline
        #expect(left.isEmpty)
        #expect(!hasFolder(machine))
        let logs = settings.emulatorLogs.string
        #expect(!(try FileManager.default.contentsOfDirectory(atPath: logs).contains { $0.contains("\(machine)") }))
        let connection = try Connection(to: settings.address, onLifecycle: { _, _ in }, onClose: {})
        #expect(!(try connection.activeDomains().contains { $0.identity?.uuid == machine.description }))
    }

    /// The next news of a machine.
    func next(of machine: MachineIdentifier) async -> MachineEvent.Kind? {
        for await event in host.events where event.machine == machine { return event.kind }
        return nil
    }
}
