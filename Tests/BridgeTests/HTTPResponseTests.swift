import Testing

@testable import Bridge

struct HTTPResponseTests {
    private func text(_ response: HTTPResponse) -> String { String(decoding: response.encoded, as: UTF8.self) }

    @Test func informationSaysNothingButThatWeAreHere() {
        let expected = """
            HTTP/1.1 200 OK\r
            Cache-Control: no-store\r
            Connection: close\r
            Cross-Origin-Resource-Policy: same-origin\r
            Referrer-Policy: no-referrer\r
            X-Content-Type-Options: nosniff\r
            Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r
            Access-Control-Allow-Origin: https://a.example\r
            Vary: Origin\r
            Content-Type: application/json\r
            Content-Length: 30\r
            \r
            {"name":"lodger","protocol":1}
            """
        #expect(text(.info(reader: "https://a.example")) == expected)
        let allowed = "Access-Control-Allow-Origin: https://a.example\r\nVary: Origin\r\n"
        #expect(text(.info(reader: nil)) == expected.replacing(allowed, with: ""))
    }

    @Test func aRefusalCarriesTheSameGuards() {
        let expected = """
            HTTP/1.1 403 Forbidden\r
            Cache-Control: no-store\r
            Connection: close\r
            Cross-Origin-Resource-Policy: same-origin\r
            Referrer-Policy: no-referrer\r
            X-Content-Type-Options: nosniff\r
            Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: 10\r
            \r
            Forbidden

            """
        #expect(text(.refusal(.forbidden)) == expected)
        for refusal in Refusal.allCases {
            let head = text(.refusal(refusal))
            #expect(head.hasPrefix("HTTP/1.1 \(refusal.rawValue) "))
            #expect(!head.contains("Access-Control"))
        }
        #expect(text(.refusal(.methodNotAllowed)).contains("\r\nAllow: GET\r\n"))
        #expect(text(.refusal(.upgradeRequired)).contains("\r\nSec-WebSocket-Version: 13\r\n"))
    }

    @Test func theHelperWindowRunsItsOwnScriptOnly() {
        let page = text(.bridgePage(nonce: "NONCE", port: 5624))
        let policy = """
            Content-Security-Policy: default-src 'none'; script-src 'nonce-NONCE'; connect-src ws://127.0.0.1:5624 \
            ws://localhost:5624 ws://[::1]:5624; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r

            """
        #expect(page.contains(policy))
        #expect(page.contains("Content-Type: text/html; charset=utf-8\r\n"))
        #expect(page.firstRange(of: "Opener-Policy: ") == nil)
        #expect(page.contains(#"<script nonce="NONCE">"#))
        #expect(!page.contains("{{"))
        // One script, which nothing in it can end early.
        #expect(page.split(separator: "</script").count == 2)
        #expect(page.contains("postMessage"))
        #expect(!page.contains("postMessage(\"*\"") && !page.contains(", '*')"))
    }
}
