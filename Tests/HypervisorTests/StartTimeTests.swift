import FoundationEssentials
import Hypervisor
import Libvirt
import MachineConfig
import Sessions
import SystemPackage
import Testing

@testable import Hypervisor

extension RealMachines {
    /// What we add to libvirt's own time; printed, because a busy computer makes any limit a lie.
    @Suite(.timeLimit(.minutes(4))) struct StartTimeTests {
        @Test func aStartTakesAboutAsLongAsLibvirtsOwn() async throws {
            try await MachineFixture.run { fixture in
                // Both ways know QEMU by now: the first start of all asks it what it can.
                try await time("first", fixture) { _ = try await fixture.host.start($0) }
                let connection = try Connection(to: fixture.settings.address, onLifecycle: { _, _ in }, onClose: {})
                var (ours, bare): ([Duration], [Duration]) = ([], [])
                for _ in 0..<5 {
                    ours.append(try await time("ours", fixture) { _ = try await fixture.host.start($0) })
                    bare.append(
                        try await time("bare", fixture) { machine in
                            let folder = MachineFolder(of: machine.identifier, in: fixture.settings.runtimeFolder)
                            try folder.make()
                            let definition = DomainDefinition(
                                specification: machine, accelerator: .tcg, emulator: fixture.settings.emulator,
                                folder: folder)
                            _ = try connection.create(xml: try definition.xml())
                        })
                }
                let (own, other) = (ours.sorted()[2], bare.sorted()[2])
                print("start, median of 5: ours \(own), libvirt alone \(other), difference \(own - other)")
                // What any mistake worth the name would exceed.
                #expect(own - other < .seconds(2))
            }
        }

        @discardableResult private func time(
            _ name: String, _ fixture: MachineFixture, _ start: (MachineSpecification) async throws -> Void
        ) async throws -> Duration {
            let machine = try fixture.kernelMachine()
            let begin = ContinuousClock.now
            try await start(machine)
            let time = ContinuousClock.now - begin
            try await fixture.host.powerOff(machine.identifier)
            return time
        }
    }
}
