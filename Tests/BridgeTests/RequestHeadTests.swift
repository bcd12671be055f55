import Testing

@testable import Bridge

struct RequestHeadTests {
    private func parse(_ text: String) -> RequestHead? { RequestHead(parsing: Array(text.utf8)[...]) }

    @Test func aHeadIsReadAsItStands() throws {
        let head = try #require(
            parse("GET /v1?a=b HTTP/1.1\r\nHost: x\r\nORIGIN:\t https://a.example \t\r\nX-Empty:\r\nList: a, B ,c"))
        #expect(head.method == "GET")
        #expect(head.target == "/v1?a=b")
        #expect(head.fields == ["host": "x", "origin": "https://a.example", "x-empty": "", "list": "a, B ,c"])
        #expect(head.list("list") == ["a", "b", "c"])
        #expect(head.list("absent") == [])
    }

    @Test func bytesBeyondASCIIMayOnlyStandInValues() throws {
        let value = RequestHead(parsing: (Array("GET / HTTP/1.1\r\nCookie: a=".utf8) + [0xC3, 0xA9, 0xFF])[...])
        #expect(value?["cookie"] == "a=\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(RequestHead(parsing: (Array("GET / HTTP/1.1\r\nCo".utf8) + [0xC3, 0xA9, 0x3A, 0x20])[...]) == nil)
        #expect(RequestHead(parsing: (Array("GET /".utf8) + [0xFF] + Array(" HTTP/1.1".utf8))[...]) == nil)
    }

    @Test(arguments: [
        "", "\r\n", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\n\r\nHost: x",
        // The request line.
        "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.0", "GET / HTTP/2", "GET / http/1.1", " GET / HTTP/1.1",
        "GET / HTTP/1.1 ", "GET\t/\tHTTP/1.1", "G(T / HTTP/1.1", " / HTTP/1.1", "GET  HTTP/1.1",
        // Targets that are no path.
        "GET http://127.0.0.1:5624/v1 HTTP/1.1", "GET * HTTP/1.1", "CONNECT a.example:443 HTTP/1.1", "GET v1 HTTP/1.1",
        "GET /a#b HTTP/1.1", "GET /a b HTTP/1.1", "GET /\u{7F} HTTP/1.1",
        // Lines.
        "GET / HTTP/1.1\nHost: x", "GET / HTTP/1.1\rHost: x", "GET / HTTP/1.1\r\nHost: x\nOrigin: y",
        "GET / HTTP/1.1\r\nA: x\r\n continued", "GET / HTTP/1.1\r\nA: x\r\n\tcontinued",
        "GET / HTTP/1.1\r\nA: x\r\r\nB: y",
        "GET / HTTP/1.1\n\r\nHost: x",
        // Fields.
        "GET / HTTP/1.1\r\nHost", "GET / HTTP/1.1\r\n: x", "GET / HTTP/1.1\r\nHost : x", "GET / HTTP/1.1\r\nHo st: x",
        "GET / HTTP/1.1\r\nHost: x\u{0}y", "GET / HTTP/1.1\r\nHost: x\u{1B}", "GET / HTTP/1.1\r\nHost: x\r\nHost: x",
        "GET / HTTP/1.1\r\nHost: x\r\nhOST: y", "GET / HTTP/1.1\r\nCookie: a\r\nCookie: b",
        "GET / HTTP/1.1\r\nOrigin: https://a.example\r\nOrigin: https://b.example",
    ])
    func whatTwoReadersCouldReadInTwoWaysIsRefused(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func randomDamageNeverStopsTheParser() {
        let original = Array(Handshake(route: "/v1", port: 5624).text.utf8)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = original
            for _ in 0..<3 {
                bytes[.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if let head = RequestHead(parsing: bytes[...]) { #expect(head.target.hasPrefix("/")) }
        }
    }
}
