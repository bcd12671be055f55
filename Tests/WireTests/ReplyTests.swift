import Addresses
import StrictJSON
import Testing

@testable import Wire

private let identifier = WireText("6f1c2d3e-4b5a-4978-8695-a4b3c2d1e0f9")
private let token = WireText("q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9z0x1c")

private func session(
    _ state: SessionObject.State, _ reason: SessionObject.Reason? = nil, _ accelerator: SessionObject.Accelerator? = nil
) -> SessionObject {
    SessionObject(
        id: identifier, name: "Demo", state: state, reason: reason, accelerator: accelerator, display: true, ports: [80]
    )
}

struct ReplyTests {
    private func check(_ kind: String, _ expected: [String: [UInt8]]) throws {
        #expect(try Golden.names(kind) == Set(expected.keys))
        for (name, bytes) in expected {
            #expect(try JSONValue(parsing: bytes) == Golden.value("\(kind)/\(name)"), "\(kind)/\(name)")
        }
    }

    private func reply(_ id: Int64, _ answer: Reply.Answer) throws -> [UInt8] {
        Reply(id: try #require(RequestID(id)), answer: answer).encoded
    }

    @Test func everyGoldenReplyIsWritten() throws {
        let site = try #require(SiteOrigin("https://project.example"))
        try check(
            "replies",
            [
                "hello": reply(1, .hello(.init(version: 1, daemon: "0.1.0", site: site))),
                "session.open": reply(2, .opened(session(.stopped), resume: token)),
                "session.open-resumed": reply(2, .opened(session(.running, nil, .tcg), resume: nil)),
                "session.start": reply(3, .started(session(.running, nil, .kvm))),
                "session.pause": reply(4, .paused(session(.paused, .pausedByPage, .kvm))),
                "session.resume": reply(5, .resumed(session(.running, nil, .kvm))),
                "session.stop": reply(6, .stopped(session(.stopped, .stoppedByPage))),
                "session.forget": reply(7, .forgotten),
                "session.list": reply(8, .sessions([session(.stopped), session(.preparing)])),
                "display.ticket": reply(9, .displayTicket(token)),
                "port.ticket": reply(10, .portTicket(token)),
            ])
    }

    @Test func everyGoldenProblemIsWritten() throws {
        let digest = "disks[0].sha256 must be 64 lower-case hexadecimal digits."
        try check(
            "problems",
            [
                "request-malformed": reply(6, .problem(Problem(code: .requestMalformed, field: "port"))),
                "configuration-invalid":
                    reply(2, .problem(Problem(code: .configurationInvalid, field: "disks[0].sha256", detail: digest))),
                "consent-denied": reply(2, .problem(Problem(code: .consentDenied))),
                "asked-too-often": reply(2, .problem(Problem(code: .askedTooOften, after: 60))),
                "over-limit":
                    reply(
                        2, .problem(Problem(code: .overLimit, field: "memory", detail: "memory, 8192 MiB of 4096 MiB"))),
            ])
    }

    @Test func everyGoldenEventIsWritten() throws {
        let consent = WireText("0b7e1a2c-3d4e-4f50-8162-738495a6b7c8")
        let measured = Event.Progress(
            session: identifier, step: .downloading, bytes: 1_048_576, total: 13_800_000, rate: 500_000, remaining: 25)
        let unmeasured = Event.Progress(
            session: identifier, step: .starting, bytes: nil, total: nil, rate: nil, remaining: nil)
        try check(
            "events",
            [
                "session.changed": Event.changed(session(.stopped, .machineCrashed)).encoded,
                "session.forgotten": Event.forgotten(session: identifier).encoded,
                "session.progress": Event.progress(measured).encoded,
                "session.progress-unmeasured": Event.progress(unmeasured).encoded,
                "consent.pending": Event.consentPending(consent: consent).encoded,
                "consent.decided": Event.consentDecided(consent: consent, allowed: true).encoded,
            ])
    }

    @Test func theMessagesBesideAStreamAreReadAndWritten() throws {
        try check("streams", ["ready": StreamMessage.ready.encoded, "end": StreamMessage.end.encoded])
        for message in StreamMessage.allCases {
            #expect(StreamMessage(decoding: try Golden.bytes("streams/\(message.rawValue)")) == message)
        }
        #expect(StreamMessage(decoding: Array("ready".utf8)) == nil)
        #expect(StreamMessage(decoding: Array(#"{"event":"stop"}"#.utf8)) == nil)
    }

    @Test func textThatNeedsEscapesComesBackAsItWas() throws {
        let name = "a\"b\\c\n\u{1}\u{7F}é😀</script>"
        let object = SessionObject(
            id: identifier, name: name, state: .running, reason: nil, accelerator: nil, display: false, ports: [])
        let value = try JSONValue(parsing: Event.changed(object).encoded)
        #expect(value.object?["session"]?.object?["name"] == .string(name))
    }
}

struct ProblemTests {
    @Test func theDocumentNamesEveryWordAndNoOther() throws {
        let lines = try Golden.protocolLines()
        let documented = lines.drop { !$0.hasPrefix("| code | when |") }.dropFirst(2)
            .prefix { $0.hasPrefix("|") }
            .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
        #expect(Set(documented) == Set(Problem.Code.allCases.map(\.rawValue)))
        #expect(documented.count == Problem.Code.allCases.count)
    }

    @Test(arguments: Problem.Code.allCases)
    func everyProblemSaysWhatHappenedAndWhatToDo(code: Problem.Code) {
        let message = Problem(code: code).message
        #expect(message.hasSuffix(".") && !message.hasSuffix("..") && message.count > 10)
        #expect(code.hint.hasSuffix("."))
        #expect(Problem(code: code, detail: "more.").message.hasSuffix(": more."))
    }

    @Test func theDocumentNamesEveryStateAndReason() throws {
        let text = try Golden.protocolLines().joined(separator: "\n")
        for state in SessionObject.State.allCases { #expect(text.contains("| `\(state.rawValue)` |")) }
        for reason in SessionObject.Reason.allCases { #expect(text.contains("`\(reason.rawValue)`")) }
        for step in Event.Progress.Step.allCases { #expect(text.contains("`\(step.rawValue)`")) }
    }
}
