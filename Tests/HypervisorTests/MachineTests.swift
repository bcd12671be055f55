import FoundationEssentials
import Glibc
import Hypervisor
import MachineConfig
import Sessions
import SystemPackage
import Testing

extension RealMachines {
    /// Real machines under the user's own libvirt.
    @Suite(.timeLimit(.minutes(4))) struct MachineTests {
        /// The bars along the bottom of the guest's card.
        static let bars = [0xFFFFFF, 0xFFFF00, 0x00FFFF, 0x00FF00, 0xFF00FF, 0xFF0000, 0x0000FF, 0x202020]

        @Test(arguments: [TestHost.Flavour.cloud, .full])
        func aMachineShowsItsCardTakesInputAndObeysItsPowerButton(flavour: TestHost.Flavour) async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine(flavour)
                let (host, identifier) = (fixture.host, machine.identifier)
                #expect(try await host.start(machine) == StartedMachine(accelerator: .tcg))
                let http = GuestHTTP(host: host, machine: identifier)
                let first = try await http.ready()
                #expect((first.framebuffer.width, first.framebuffer.height) == (1280, 800))

                let viewer = try RFBViewer(try await host.openDisplay(of: identifier))
                #expect((viewer.width, viewer.height) == (1280, 800))
                let places = Self.bars.indices.map { (x: $0 * 160 + 80, y: 780) }
                #expect(try viewer.colours(at: places) == Self.bars)
                try viewer.type("Hello")
                try viewer.move(x: 640, y: 400)
                try await expect("the typed text and the pointer arrive") {
                    let input = try await http.status().input
                    return input.typed == "Hello" && abs(input.x - 16384) < 64 && abs(input.y - 16384) < 64
                }

                try await host.pause(identifier)
                #expect(await fixture.next(of: identifier) == .paused)
                try await host.pause(identifier)
                #expect(try await fixture.secondHost().adopt()[identifier] == .paused)
                try await host.resume(identifier)
                #expect(await fixture.next(of: identifier) == .resumed)
                #expect(try await http.status().ready)

                try await host.pressPowerButton(identifier)
                #expect(await fixture.next(of: identifier) == .poweredOff)
                try await fixture.expectNothingLeft(of: identifier)
            }
        }

        @Test func bytesOfAPortComeThroughExactlyInBothDirections() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                let http = GuestHTTP(host: fixture.host, machine: machine.identifier, port: 8080)
                try await http.ready()
                let count = 8 << 20
                let down = try await http.request("GET /api/bytes?n=\(count)")
                #expect(down.count == count)
                #expect(down.indices.allSatisfy { down[$0] == UInt8(truncatingIfNeeded: $0 ^ $0 >> 8 ^ $0 >> 16) })
                let up = (0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
                #expect(try await http.request("POST /api/echo", body: up) == up)
            }
        }

        @Test func aKilledMachineIsSeenAtOnceAndLeavesNothing() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                kill(try fixture.process("qemu-system-x86_64", of: machine.identifier), SIGKILL)
                #expect(await fixture.next(of: machine.identifier) == .crashed("its process died"))
                try await fixture.expectNothingLeft(of: machine.identifier)
            }
        }

        @Test func aTerminatedMachineIsNotTakenForOneThatSwitchedItselfOff() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine(ports: [])
                _ = try await fixture.host.start(machine)
                kill(try fixture.process("qemu-system-x86_64", of: machine.identifier), SIGTERM)
                #expect(await fixture.next(of: machine.identifier) == .crashed("a signal on this computer ended it"))
                try await fixture.expectNothingLeft(of: machine.identifier)
            }
        }

        @Test func powerOffEndsAMachineAtOnceAndASecondOneIsNoError() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine()
                _ = try await fixture.host.start(machine)
                try await fixture.host.powerOff(machine.identifier)
                try await fixture.expectNothingLeft(of: machine.identifier)
                try await fixture.host.powerOff(machine.identifier)
                await #expect(throws: MachineHostError.unknownMachine) {
                    try await fixture.host.pause(machine.identifier)
                }
                await #expect(throws: MachineHostError.unknownMachine) { try await fixture.openDisplay(of: machine) }
            }
        }

        @Test(arguments: [DiskFormat.raw, .qcow2])
        func aMachineBootsFromItsOwnLayerAndLeavesTheImageAsItWas(format: DiskFormat) async throws {
            try await MachineFixture.run { fixture in
                let machine = try await fixture.diskMachine(format)
                let base = try #require(machine.images.values.first).string
                let before = try FileManager.default.attributesOfItem(atPath: base)[.modificationDate] as? Date
                _ = try await fixture.host.start(machine)
                try await GuestHTTP(host: fixture.host, machine: machine.identifier).ready()
                try await fixture.host.powerOff(machine.identifier)
                #expect(try FileManager.default.attributesOfItem(atPath: base)[.modificationDate] as? Date == before)
            }
        }

        @Test func aMachineBootsWithUEFI() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine(firmware: .uefi)
                _ = try await fixture.host.start(machine)
                try await GuestHTTP(host: fixture.host, machine: machine.identifier).ready()
                try await fixture.host.powerOff(machine.identifier)
                try await fixture.expectNothingLeft(of: machine.identifier)
            }
        }

        @Test func aMachineWithoutDisplayHasNone() async throws {
            try await MachineFixture.run { fixture in
                let machine = try fixture.kernelMachine(display: false)
                _ = try await fixture.host.start(machine)
                try await GuestHTTP(host: fixture.host, machine: machine.identifier).ready()
                await #expect(throws: MachineHostError.self) { try await fixture.openDisplay(of: machine) }
            }
        }

        @Test func aStartThatFailsLeavesNothing() async throws {
            try await MachineFixture.run { fixture in
                let good = try fixture.kernelMachine()
                let machine = MachineSpecification(
                    identifier: good.identifier, configuration: good.configuration,
                    images: good.images.mapValues { _ in FilePath("/nowhere/image") }, overlays: [])
                do throws(MachineHostError) {
                    _ = try await fixture.host.start(machine)
                    Issue.record("no error")
                } catch {
                    guard case .didNotStart(let reason) = error else { throw error }
                    #expect(reason.contains("/nowhere/image"))
                }
                try await fixture.expectNothingLeft(of: machine.identifier)
            }
        }
    }
}

extension MachineFixture {
    /// Opens and closes the display.
    func openDisplay(of machine: MachineSpecification) async throws {
        _ = GuestStream(try await host.openDisplay(of: machine.identifier))
    }
}

/// Waits until something becomes true, for at the most a quarter of a minute.
func expect(_ what: Comment, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(15)
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, what)
        try await Task.sleep(for: .milliseconds(50))
    }
}
