import Cage
import FoundationEssentials
import Libvirt
import MachineConfig
import Sessions
import Subprocess
import SystemPackage
import Testing

@testable import Hypervisor

extension RealMachines {
    /// A program in QEMU's place, started by libvirt as QEMU is, tries to reach what is not its machine's.
    @Suite(.timeLimit(.minutes(4))) struct EscapeTests {
        @Test func whatRunsInQEMUsPlaceReachesItsMachineAndNothingElse() async throws {
            try await withDrill { drill in
                try await MachineFixture.run(emulator: drill) { fixture in
                    try await withTargets(fixture) { targets in
                        // @ is the folder of the machine's that QEMU may write.
                        let allowed = ["create @/file", "write @/file", "read @/file"]
                        let refused =
                            targets.orders + targets.madeForRoot + [
                                "trace \(targets.victim.identifier)", "link @/link",
                            ]
                        let machine = try await fixture.diskMachine(orders: allowed + refused)
                        await #expect(throws: MachineHostError.self) { try await fixture.host.start(machine) }
                        let report = try Self.report(of: machine)
                        // That there is a report at all: the machine's image can be read, and its layer written.
                        #expect(report == allowed.map { "could \($0)" } + refused.map { "could-not \($0)" })
                    }
                }
            }
        }

        /// The drill can fail: without a cage the same program does all that a program of the user can do.
        @Test func withoutTheCageTheSameProgramReachesAllOfIt() async throws {
            try await withDrill { drill in
                try await MachineFixture.run { fixture in
                    try await withTargets(fixture) { targets in
                        let machine = try await fixture.diskMachine(orders: targets.orders)
                        let folder = MachineFolder(of: machine.identifier, in: fixture.settings.runtimeFolder)
                        try folder.make()
                        let emulator = try Self.uncaged(drill, in: fixture)
                        let definition = DomainDefinition(
                            specification: machine, accelerator: .tcg, emulator: emulator,
                            cage: CagePolicy(program: drill), folder: folder)
                        let connection = try Connection(
                            to: fixture.settings.address, onLifecycle: { _, _ in }, onClose: {})
                        #expect(throws: LibvirtError.self) { try connection.create(xml: try definition.xml()) }
                        let report = try Self.report(of: machine)
                        #expect(report == targets.orders.map { "could \($0)" })
                    }
                }
            }
        }

        /// What QEMU is told to open must be the machine's own.
        @Test func aMachineThatNamesAForeignFileDoesNotStart() async throws {
            try await MachineFixture.run { fixture in
                let machine = try await fixture.diskMachine(.raw)
                let folder = MachineFolder(of: machine.identifier, in: fixture.settings.runtimeFolder)
                try folder.make()
                var cage = CagePolicy(
                    machine: machine, emulator: fixture.settings.emulator, accelerator: .tcg, folder: folder)
                cage.writes = []
                let definition = DomainDefinition(
                    specification: machine, accelerator: .tcg,
                    emulator: try CagedEmulator(fixture.settings).link(), cage: cage, folder: folder)
                let connection = try Connection(to: fixture.settings.address, onLifecycle: { _, _ in }, onClose: {})
                let error = #expect(throws: LibvirtError.self) { try connection.create(xml: try definition.xml()) }
                #expect(error?.message.contains("overlay.qcow2 is no file of this machine") == true)
            }
        }

        @Test func withoutBubblewrapOrItsBuilderThereAreNoMachines() async throws {
            try await MachineFixture.run { fixture in
                var settings = fixture.settings
                settings.cage = Cage(builder: "/nonexistent/lodger-cage")
                let problem = try #require(await CageTrial(settings).problem())
                #expect(problem.contains("/nonexistent/lodger-cage"))
                settings.cage = Cage(builder: "/usr/bin/false")
                #expect(await CageTrial(settings).problem()?.contains("cannot be confined") == true)
                #expect(await CageTrial(fixture.settings).problem() == nil)
            }
        }

        // MARK: The drill

        private func withDrill(_ body: (FilePath) async throws -> Void) async throws {
            try await withTemporaryFolder { folder in
                let drill = folder.appending("drill")
                let built = try await Subprocess.run(
                    .name("cc"),
                    arguments: [
                        "-static", "-O1", "-o", drill.string,
                        TestHost.package.appending("Tests/Escape/drill.c").string,
                    ], output: .discarded, error: .string(limit: 4096))
                try #require(built.terminationStatus.isSuccess, "\(built.standardError)")
                try await body(drill)
            }
        }

        private func withTargets(
            _ fixture: MachineFixture, _ body: (EscapeTargets) async throws -> Void
        ) async throws {
            let folder = fixture.settings.runtimeFolder.appending("targets")
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            let targets = try EscapeTargets(in: folder)
            defer { targets.end() }
            try await body(targets)
        }

        private static func report(of machine: MachineSpecification) throws -> [String] {
            let overlay = try #require(machine.overlays.first).string
            return try String(contentsOfFile: overlay, encoding: .utf8).split(separator: "\n").map { String($0) }
        }

        /// An emulator that answers libvirt's questions as QEMU and is the drill when a machine starts.
        private static func uncaged(_ drill: FilePath, in fixture: MachineFixture) throws -> FilePath {
            let path = fixture.folder.appending("uncaged")
            let script = """
                #!/bin/sh
                case " $* " in *" -daemonize "*) exec '\(fixture.settings.emulator)' "$@" ;; esac
                exec '\(drill)' "$@"
                """
            try script.write(toFile: path.string, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path.string)
            return path
        }
    }
}
