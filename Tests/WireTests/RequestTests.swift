import Addresses
import Testing

@testable import Wire

private let session = WireText("6f1c2d3e-4b5a-4978-8695-a4b3c2d1e0f9")
private let token = WireText("q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9z0x1c")

struct RequestTests {
    private func expected() throws -> [String: Request] {
        let configuration = try #require(SecureURL("https://project.example/vm.jws"))
        let site = try #require(SiteOrigin("https://project.example"))
        let client = WireText("lodger.js 0.1.0")
        func request(_ id: Int64, _ order: Request.Order) throws -> Request {
            Request(id: try #require(RequestID(id)), order: order)
        }
        return [
            "hello": try request(1, .hello(.init(version: 1, client: client))),
            "hello-bridge": try request(1, .hello(.init(version: 1, client: client, speakingFor: site))),
            "session.open": try request(2, .open(.init(configuration: configuration))),
            "session.open-resume": try request(2, .open(.init(configuration: configuration, resume: token))),
            "session.start": try request(3, .start(session: session)),
            "session.pause": try request(4, .pause(session: session)),
            "session.resume": try request(5, .resume(session: session)),
            "session.stop": try request(6, .stop(session: session)),
            "session.forget": try request(7, .forget(session: session)),
            "session.list": try request(8, .list),
            "display.ticket": try request(9, .displayTicket(session: session)),
            "port.ticket": try request(10, .portTicket(session: session, port: 80)),
        ]
    }

    @Test func everyGoldenRequestIsRead() throws {
        let expected = try expected()
        #expect(try Golden.names("requests") == Set(expected.keys))
        for (name, request) in expected {
            #expect(try Request(decoding: Golden.bytes("requests/\(name)")) == request, "\(name)")
        }
        #expect(Set(expected.values.map(\.order.word)) == Set(Request.Order.Word.allCases))
    }

    @Test func membersThatAreNotKnownAreIgnored() throws {
        let text = #"{"id":8,"request":"session.list","later":{"a":[1.5,null]},"port":"x"}"#
        #expect(try Request(decoding: Array(text.utf8)).order == .list)
    }

    @Test func anAbsentMemberMayAlsoBeNull() throws {
        let text = #"{"id":2,"request":"session.open","configuration":"https://a.example/c","resume":null}"#
        guard case .open(let open) = try Request(decoding: Array(text.utf8)).order else {
            Issue.record("not an open")
            return
        }
        #expect(open.resume == nil)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "7", #""hello""#, "{}", #"{"request":"session.list"}"#,
        #"{"id":0,"request":"session.list"}"#, #"{"id":-1,"request":"session.list"}"#,
        #"{"id":9007199254740992,"request":"session.list"}"#, #"{"id":1.5,"request":"session.list"}"#,
        #"{"id":"1","request":"session.list"}"#, #"{"id":1,"id":2,"request":"session.list"}"#,
        "{\"id\":1,\"x\":\"\u{1}\"}",
    ])
    func aMessageWithoutAnIdIsNotAnswered(text: String) {
        let fault = #expect(throws: RequestFault.self) { try Request(decoding: Array(text.utf8)) }
        #expect(fault?.id == nil)
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: RequestFault.self) {
            try Request(decoding: Array(#"{"id":1,"request":""#.utf8) + [0xFF, 0x22, 0x7D])
        }
    }

    @Test func nestingWithoutEndIsRefused() {
        let text = #"{"id":1,"request":"session.list","x":"# + String(repeating: "[", count: 60_000)
        #expect(throws: RequestFault.self) { try Request(decoding: Array(text.utf8)) }
    }

    @Test(arguments: [
        (#"{"id":1}"#, "request"), (#"{"id":1,"request":5}"#, "request"),
        (#"{"id":1,"request":"hello","client":"x"}"#, "version"),
        (#"{"id":1,"request":"hello","version":"1","client":"x"}"#, "version"),
        (#"{"id":1,"request":"hello","version":1}"#, "client"),
        (#"{"id":1,"request":"hello","version":1,"client":"x","speakingFor":"null"}"#, "speakingFor"),
        (#"{"id":1,"request":"hello","version":1,"client":"x","speakingFor":1}"#, "speakingFor"),
        (#"{"id":1,"request":"session.open"}"#, "configuration"),
        (#"{"id":1,"request":"session.open","configuration":"http://a.example/x"}"#, "configuration"),
        (#"{"id":1,"request":"session.open","configuration":"https://a.example/x","resume":5}"#, "resume"),
        (#"{"id":1,"request":"session.start"}"#, "session"),
        (#"{"id":1,"request":"session.stop","session":["a"]}"#, "session"),
        (#"{"id":1,"request":"port.ticket","session":"a"}"#, "port"),
        (#"{"id":1,"request":"port.ticket","session":"a","port":65536}"#, "port"),
        (#"{"id":1,"request":"port.ticket","session":"a","port":-1}"#, "port"),
        (#"{"id":1,"request":"port.ticket","session":"a","port":"80"}"#, "port"),
    ])
    func whatIsWrongIsNamed(text: String, field: String) {
        let fault = #expect(throws: RequestFault.self) { try Request(decoding: Array(text.utf8)) }
        #expect(fault == RequestFault(id: RequestID(1), kind: .malformed(field: field)))
    }

    @Test(arguments: ["session.destroy", "HELLO", "", "hello "])
    func anUnknownWordIsToldApart(word: String) {
        let fault = #expect(throws: RequestFault.self) {
            try Request(decoding: Array(#"{"id":9,"request":"\#(word)"}"#.utf8))
        }
        #expect(fault == RequestFault(id: RequestID(9), kind: .unknownWord))
    }

    @Test func randomDamageNeverStopsTheReader() throws {
        var generator = SystemRandomNumberGenerator()
        for name in try Golden.names("requests") {
            let original = try Golden.bytes("requests/\(name)")
            for _ in 0..<200 {
                var bytes = original
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let place = Int.random(in: bytes.indices, using: &generator)
                    switch Int.random(in: 0...2, using: &generator) {
                    case 0: bytes[place] = .random(in: 0...255, using: &generator)
                    case 1: bytes.remove(at: place)
                    default: bytes.insert(.random(in: 0...255, using: &generator), at: place)
                    }
                }
                do {
                    _ = try Request(decoding: bytes)
                } catch {
                    // A fault is a value; anything else would have ended the test.
                    #expect(error.id == nil || error.id.map { $0.value >= 1 } == true)
                }
            }
        }
    }
}
