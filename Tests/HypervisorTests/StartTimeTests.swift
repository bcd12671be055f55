import Cage
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
                let settings = fixture.settings
                let link = try CagedEmulator(settings).link()
                let connection = try Connection(to: settings.address, onLifecycle: { _, _ in }, onClose: {})
                func create(_ machine: MachineSpecification, _ emulator: FilePath) throws {
                    let folder = MachineFolder(of: machine.identifier, in: settings.runtimeFolder)
                    try folder.make()
                    let cage = CagePolicy(
                        machine: machine, emulator: settings.emulator, accelerator: .tcg, folder: folder)
                    let definition = DomainDefinition(
                        specification: machine, accelerator: .tcg, emulator: emulator, cage: cage, folder: folder)
                    _ = try connection.create(xml: try definition.xml())
                }
                // All ways know QEMU by now: the first start of all asks it what it can.
                try await time(fixture) { _ = try await fixture.host.start($0) }
                try await time(fixture) { try create($0, settings.emulator) }
                var (ours, caged, bare): ([Duration], [Duration], [Duration]) = ([], [], [])
                for _ in 0..<9 {
                    ours.append(try await time(fixture) { _ = try await fixture.host.start($0) })
                    caged.append(try await time(fixture) { try create($0, link) })
                    bare.append(try await time(fixture) { try create($0, settings.emulator) })
                }
                let (own, other, least) = (ours.sorted()[4], caged.sorted()[4], bare.sorted()[4])
                print("start, median of 9: ours \(own), libvirt alone \(other), libvirt without the cage \(least)")
                // What any mistake worth the name would exceed.
                #expect(own - least < .seconds(2))
            }
        }

        @discardableResult private func time(
            _ fixture: MachineFixture, _ start: (MachineSpecification) async throws -> Void
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
