import SystemPackage
import Testing

@testable import HostCheck

/// Each finding about what drives machines, provoked by a stand-in for what is wrong.
struct MachineChecksTests {
    private func emulator(_ lines: String, imageTool: String = "exit 0") async throws -> [String] {
        var words: [String] = []
        try await Stage.with { (stage: Stage) async throws in
            let check = EmulatorCheck(
                emulator: try stage.program("qemu", lines), imageTool: try stage.program("qemu-img", imageTool))
            words = await check.words()
        }
        return words
    }

    @Test func aMissingEmulatorIsFound() async {
        #expect(await EmulatorCheck(emulator: "/nowhere/qemu", imageTool: "/bin/true").words() == ["emulator-missing"])
    }

    @Test func anEmulatorThatDoesNotRunIsFound() async throws {
        #expect(try await emulator("echo 'cannot open shared object file' >&2; exit 127") == ["emulator-broken"])
        #expect(try await emulator("echo what") == ["emulator-broken"])
    }

    @Test func anOldEmulatorIsFound() async throws {
        #expect(try await emulator("echo 'QEMU emulator version 6.2.0 (Debian)'") == ["emulator-old"])
        #expect(try await emulator("echo 'QEMU emulator version 7.2.22 (Debian)'") == [])
        #expect(try await emulator("echo 'QEMU emulator version 10.0.2'") == [])
    }

    @Test func aMissingDiskToolIsFound() async throws {
        try await Stage.with { (stage: Stage) async throws in
            let emulator = try stage.program("qemu", "echo 'QEMU emulator version 7.2.22'")
            let check = EmulatorCheck(emulator: emulator, imageTool: stage.path("qemu-img"))
            #expect(await check.words() == ["image-tool-missing"])
        }
    }

    @Test(
        arguments: [
            (true, LibvirtCheck.Session.open(firmware: true), []),
            (true, .open(firmware: false), ["firmware-missing"]),
            (true, .withoutDriver, ["libvirt-missing"]),
            (true, .closed("refused"), ["libvirt-closed"]),
            (false, .open(firmware: true), ["libvirt-missing"]),
        ] as [(Bool, LibvirtCheck.Session, [String])])
    func whatLibvirtSaysIsFound(isInstalled: Bool, session: LibvirtCheck.Session, words: [String]) async {
        #expect(await LibvirtCheck(isInstalled: isInstalled) { session }.words() == words)
    }

    @Test func confinementThatIsMissingOrRefusedIsFound() async throws {
        #expect(await ConfinementCheck(bubblewrap: "/nowhere/bwrap").words() == ["bubblewrap-missing"])
        try await Stage.with { (stage: Stage) async throws in
            let refusing = try stage.program(
                "bwrap", "echo 'bwrap: No permissions to create new namespace' >&2; exit 1")
            try stage.write("0\n", to: "sys/kernel/unprivileged_userns_clone")
            let examination = await ConfinementCheck(bubblewrap: refusing, switches: stage.path("sys")).examine()
            let finding = try #require(examination.findings.first)
            #expect(finding.kind == .namespacesRefused)
            #expect(finding.cause.contains("No permissions to create new namespace"))
            #expect(finding.command == "sudo sysctl -w kernel.unprivileged_userns_clone=1")
        }
    }

    @Test func aTrialThatFailsIsTheFinding() async {
        let check = TrialCheck(.networkProgramMissing) { "not there" }
        #expect(await check.words() == ["network-program-missing"])
        #expect(await TrialCheck(.settingsWrong) { nil }.words() == [])
        #expect(await TrialCheck(.settingsWrong) { "line 3" }.words() == ["settings-wrong"])
        #expect(await TrialCheck(.consentWindowMissing) { "not there" }.words() == ["consent-window-missing"])
    }
}
