import Linux
import SystemPackage
import Testing

@testable import HostCheck

/// Each finding about the desktop, browsers and the daemon's door.
struct DesktopChecksTests {
    @Test func withoutADesktopNobodyCanBeAsked() async throws {
        #expect(await DesktopCheck(environment: [:]).words() == ["desktop-missing"])
        #expect(await DesktopCheck(environment: ["DISPLAY": "elsewhere:10"]).words() == [])
    }

    @Test func aDesktopThatIsGoneIsNoDesktop() async throws {
        try await Stage.with { (stage: Stage) async throws in
            let wayland = DesktopCheck(
                environment: ["WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": stage.folder.string])
            let screen = DesktopCheck(environment: ["DISPLAY": ":7.0"], screens: stage.folder)
            #expect(await wayland.words() == ["desktop-missing"])
            #expect(await screen.words() == ["desktop-missing"])
            let servers = [
                try LocalListener(at: stage.path("wayland-0")), try LocalListener(at: stage.path("X7")),
            ]
            #expect(await wayland.words() == [])
            #expect(await screen.words() == [])
            for server in servers { server.withdraw() }
        }
    }

    private func bus(session: Set<String>?, system: Set<String>?) async -> [String] {
        await BusCheck { $0 == .session ? session : system }.words()
    }

    @Test func servicesThatAreNotThereAreFound() async {
        let all: Set<String> = ["org.freedesktop.PolicyKit1", "org.freedesktop.UPower"]
        #expect(await bus(session: ["org.freedesktop.Notifications"], system: all) == [])
        #expect(await bus(session: [], system: all) == ["notifications-missing"])
        #expect(await bus(session: nil, system: all) == ["session-bus-missing"])
        #expect(
            await bus(session: ["org.freedesktop.Notifications"], system: nil)
                == ["polkit-missing", "power-service-missing"])
    }

    @Test func aBusIsAskedForNamesThatAreThereAndThatCouldBe() async throws {
        try await Stage.with { (stage: Stage) async throws in
            let program = try stage.program(
                "dbus-send",
                "case $* in *--system*ListNames*) echo '  a.b :1.5';; *Activatable*) echo c.d;; *) exit 1;; esac")
            #expect(await BusCheck.names(on: .system, asking: program) == ["a.b", ":1.5", "c.d"])
            #expect(await BusCheck.names(on: .session, asking: program) == nil)
        }
    }

    @Test(
        arguments: [
            ("etc/chromium/policies/managed/a.json", #"{"LoopbackNetworkBlockedForUrls": ["*"]}"#, "blocks"),
            ("etc/opt/chrome/policies/managed/a.json", #"{"LocalNetworkAccessBlockedForUrls": ["*"]}"#, "blocks"),
            ("etc/chromium/policies/managed/a.json", #"{"LoopbackNetworkAllowedForUrls": ["https://a"]}"#, "allows"),
            (
                "etc/opt/edge/policies/managed/a.json", #"{"LocalNetworkAccessRestrictionsTemporaryOptOut": true}"#,
                "allows"
            ),
            (
                "etc/firefox/policies/policies.json",
                #"{"policies": {"LocalNetworkAccess": {"Enabled": true, "EnablePrompting": false}}}"#, "blocks"
            ),
            (
                "usr/lib/firefox-esr/distribution/policies.json",
                #"{"policies": {"LocalNetworkAccess": {"SkipDomains": ["a.example"]}}}"#, "allows"
            ),
            ("etc/chromium/policies/managed/a.json", "{,}", "unreadable"),
            ("etc/chromium/policies/managed/a.json", #"{"LoopbackNetworkBlockedForUrls": []}"#, nil),
            ("etc/chromium/policies/managed/a.txt", "{,}", nil),
        ] as [(String, String, String?)])
    func browserPoliciesAreRead(file: String, text: String, word: String?) async throws {
        try await Stage.with { (stage: Stage) async throws in
            try stage.write(text, to: file)
            let expected = word.map { ["browser-policy-\($0)"] } ?? []
            #expect(await BrowserPolicyCheck(root: stage.folder).words() == expected)
        }
    }

    private func door(
        _ daemon: DoorCheck.Daemon, port: UInt16, holder: DoorCheck.Holder? = nil
    ) async -> [Finding] {
        await DoorCheck(port: port, hasService: false, daemon: { daemon }, holder: { _ in holder }).examine().findings
    }

    @Test func aPortThatSomebodyElseHoldsIsFound() async throws {
        let squatter = try LoopbackListener(binding: .version4, port: 0)
        let port = squatter.port
        let found = await door(.stopped, port: port, holder: .other("by nc (process 7)"))
        #expect(found.map(\.kind) == [.portTaken, .daemonStopped])
        #expect(found.first?.cause.contains("by nc (process 7)") == true)
        #expect(await door(.stopped, port: port).map(\.kind) == [.portTaken, .daemonStopped])
        #expect(await door(.stopped, port: port, holder: .serviceManager) == [])
        #expect(await door(.running(port: port), port: port) == [])
        _ = consume squatter
    }

    @Test func aDaemonThatDoesNotRunIsFoundWithItsCommand() async {
        let found = await door(.stopped, port: 0)
        #expect(found.map(\.kind) == [.daemonStopped])
        #expect(found.first?.command == "lodger run")
        let service = DoorCheck(port: 0, hasService: true, daemon: { .strange("no reply") }, holder: { _ in nil })
        #expect(await service.examine().findings.first?.command == "systemctl --user start lodger.socket")
    }
}
