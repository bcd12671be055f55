import Consent
import FoundationEssentials
import Logging
import Sessions
import SystemPackage
import Testing
import Trust

/// The fallback, with programs in the place of zenity.
@Suite(.serialized) struct ZenityTests {
    private func desk(_ zenity: FakeWindow, window: FilePath? = nil) -> ConsentDesk {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return ConsentDesk(
            manner: .automatic, programs: .init(window: window, zenity: FilePath(zenity.program)),
            environment: ["DISPLAY": ":99"], timeLimit: .seconds(30), audit: nil, logger: logger)
    }

    @Test(arguments: [
        ("sleep 2; exit 0", ConsentAnswer.allowOnce), ("exit 1", .deny), ("exit 5", .timedOut), ("exit 255", .deny),
        ("kill -9 $$", .deny),
    ])
    func itsExitStatusIsTheAnswer(body: String, answer: ConsentAnswer) async throws {
        let zenity = try FakeWindow(body)
        #expect(await desk(zenity, window: "/nonexistent/lodger-consent").ask(try Questions.make()) == answer)
        #expect(zenity.runs == 1)
    }

    @Test func aYesThatComesTooSoonIsAskedAgain() async throws {
        let zenity = try FakeWindow("[ $(wc -l <$(dirname $0)/started) -lt 3 ] && exit 0; exit 1")
        #expect(await desk(zenity).ask(try Questions.make()) == .deny)
        #expect(zenity.runs == 3)
    }

    @Test func aChangedKeyIsNotAskedAbout() async throws {
        let zenity = try FakeWindow("sleep 2")
        let question = try Questions.make(
            identity: .changed(from: try Questions.key(Questions.firstKey), to: try Questions.key(Questions.secondKey)))
        guard case .unavailable = await desk(zenity).ask(question) else {
            Issue.record("somebody was asked")
            return
        }
        #expect(zenity.runs == 0)
    }

    @Test func whatItIsToldCannotBreakOut() async throws {
        let zenity = try FakeWindow(
            #"for argument; do printf '%s\n--\n' "$argument"; done >$(dirname $0)/arguments; exit 1"#)
        _ = await desk(zenity).ask(try Questions.make(name: #"x\nNetwork: \342\200\256 <b>None</b>"#))
        let arguments = zenity.lines(of: "arguments")
        #expect(arguments.contains("--no-markup"))
        #expect(arguments.contains("--default-cancel"))
        #expect(arguments.contains(#"Name, chosen by the site: “x∖nNetwork: ∖342∖200∖256 <b>None</b>”"#))
    }

    @Test func ownWindowThatLacksALibraryIsReplaced() async throws {
        let window = try FakeWindow("exit 127")
        let zenity = try FakeWindow("sleep 2")
        #expect(await desk(zenity, window: FilePath(window.program)).ask(try Questions.make()) == .allowOnce)
        #expect(window.runs == 1)
    }

    @Test func ownWindowThatCrashesIsNotReplaced() async throws {
        let window = try FakeWindow("kill -11 $$")
        let zenity = try FakeWindow("sleep 2")
        #expect(await desk(zenity, window: FilePath(window.program)).ask(try Questions.make()) == .deny)
        #expect(zenity.runs == 0)
    }
}
