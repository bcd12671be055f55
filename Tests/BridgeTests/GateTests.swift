import Addresses
import Testing

@testable import Bridge

/// Origins that a browser never sends for a site that we speak to.
let badOrigins = [
    "null", "", " ", "https://", "https:", "https:///", "http://a.example", "http://127.0.0.1", "http://127.0.0.1:80",
    "http://[::1]", "http://localhost", "http://localhost:80", "http://localhost:8000", "https://a.example/",
    "https://a.example/path", "https://a.example?x", "https://a.example#x", "https://a.example:443",
    "https://a.example:0",
    "https://a.example:65536", "https://a.example:", "https://a.example:08443", "https://a.example:+1",
    "https://a.example.", "https://.a.example", "https://a..example", "https://A.example", "HTTPS://a.example",
    "Https://a.example", "https://user@a.example", "https://user:pass@a.example", "https://@a.example",
    "https://a.example%00", "https://a.example%2eevil.example", "https://a%2eexample",
    "https://a.example\\evil.example",
    "https://a.example evil.example", "https://a.example https://b.example", "https://a.example,https://b.example",
    "https://*.example", "https://*", "*", "https://bücher.example", "https://a_é.example", "https://-a.example",
    "https://a-.example", "https://[::1", "https://::1", "https://[::g]", "https://1.2.3", "https://1.2.3.4.5",
    "https://127.1", "https://0x7f.1", "https://0x7f000001", "https://2130706433", "https://01.2.3.4", "file://",
    "file:///etc/passwd", "chrome-extension://abcdefghijklmnop", "moz-extension://a-b-c", "safari-web-extension://x",
    "data:text/html,x", "blob:https://a.example/x", "ws://a.example", "wss://a.example", "about:blank",
    "view-source:https://a.example", "javascript:0", "//a.example", "a.example", "https//a.example", "https:/a.example",
    "https://" + String(repeating: "a", count: 64) + ".example",
]

let goodOrigins = [
    "https://a.example", "https://a.example:8443", "https://xn--bcher-kva.example", "https://sub.sub.a.example",
    "https://a.example.evil.tld", "https://192.0.2.1", "https://[2001:db8::1]:8443", "https://localhost",
]

struct GateTests {
    private let port: UInt16 = 5624
    private var gate: Gate { Gate(port: port, developmentSites: false) }

    private func head(_ handshake: Handshake) throws -> RequestHead {
        try #require(RequestHead(parsing: Array(handshake.text.utf8).dropLast(4)))
    }

    /// The refusal of a handshake that has been changed; `nil` where it is let in.
    private func refusal(
        of route: String = "/v1", gate: Gate? = nil, _ change: (inout Handshake) -> Void
    ) throws -> Refusal? {
        var handshake = Handshake(route: route, port: port)
        change(&handshake)
        let head = try head(handshake)
        do {
            _ = try (gate ?? self.gate).admit(head)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: Route.allCases)
    func aSiteIsLetInForWhatItIs(route: Route) throws {
        let head = try head(Handshake(route: route.rawValue, port: port))
        let site = try #require(SiteOrigin("https://project.example"))
        let admission = try gate.admit(head)
        #expect(admission == .webSocket(route, .site(site), key: "dGhlIHNhbXBsZSBub25jZQ=="))
    }

    @Test(arguments: ["127.0.0.1:5624", "localhost:5624", "[::1]:5624", "LOCALHOST:5624", "LocalHost:5624"])
    func ourNamesAreTaken(host: String) throws {
        #expect(try refusal { $0["Host"] = host } == nil)
    }

    @Test(arguments: [
        nil, "", "127.0.0.1", "localhost", "[::1]", "::1:5624", "127.0.0.1:80", "127.0.0.1:05624", "127.0.0.1:5624 ,x",
        "localhost.:5624", "0.0.0.0:5624", "[::]:5624", "127.1:5624", "127.0.0.2:5624", "2130706433:5624",
        "0x7f000001:5624", "0177.0.0.1:5624", "[::ffff:127.0.0.1]:5624", "[0:0:0:0:0:0:0:1]:5624", "[::1%25lo]:5624",
        "user@127.0.0.1:5624", "127.0.0.1:5624:80", "rebind.example:5624", "localhost.example:5624",
        "project.example", "127.0.0.1:5624/", "http://127.0.0.1:5624", "localhost:5624\u{200B}",
    ])
    func everyOtherHostIsTurnedAway(host: String?) throws {
        for route in ["/v1", "/display", "/port", "/", "/info", "/bridge", "/nothing"] {
            #expect(try refusal(of: route) { $0["Host"] = host } == .misdirected)
            let plain = try refusal(of: route) { handshake in
                handshake.fields = []
                handshake["Host"] = host
            }
            #expect(plain == .misdirected)
        }
    }

    @Test(arguments: goodOrigins)
    func sitesAreTaken(origin: String) throws {
        #expect(try refusal { $0["Origin"] = origin } == nil)
    }

    @Test(arguments: badOrigins)
    func everyOtherOriginIsTurnedAway(origin: String) throws {
        for route in ["/v1", "/display", "/port", "/", "/info", "/bridge", "/nothing"] {
            #expect(try refusal(of: route) { $0["Origin"] = origin } == .forbidden)
        }
        let info = try refusal(of: "/info") { handshake in
            handshake.fields = [("Host", "127.0.0.1:5624"), ("Origin", origin)]
        }
        #expect(info == .forbidden)
    }

    @Test func thereAreEnoughOriginsInTheTable() { #expect(badOrigins.count + goodOrigins.count >= 40) }

    @Test(arguments: ["/v1", "/display", "/port", "/", "/info", "/bridge", "/nothing"])
    func noUpgradeComesWithoutAnOrigin(route: String) throws {
        #expect(try refusal(of: route) { $0["Origin"] = nil } == .forbidden)
    }

    @Test func developmentSitesAreAdmittedByTheSwitchAloneAndNothingElseIs() throws {
        let open = Gate(port: port, developmentSites: true)
        for origin in ["http://localhost:8000", "http://localhost"] {
            #expect(try refusal { $0["Origin"] = origin } == .forbidden)
            #expect(try refusal(gate: open) { $0["Origin"] = origin } == nil)
        }
        for origin in badOrigins where !origin.hasPrefix("http://localhost") {
            #expect(try refusal(gate: open) { $0["Origin"] = origin } == .forbidden)
        }
        // Our own port under another of our names is neither our page nor a site.
        #expect(try refusal(gate: open) { $0["Origin"] = "http://localhost:5624" } == .forbidden)
    }

    @Test(arguments: ["127.0.0.1:5624", "localhost:5624", "[::1]:5624"])
    func ourOwnPageIsKnownByItsOrigin(host: String) throws {
        var handshake = Handshake(route: "/v1", port: port, origin: "http://\(host)")
        handshake["Host"] = host
        let admission = try gate.admit(head(handshake))
        #expect(admission == .webSocket(.control, .bridgePage, key: "dGhlIHNhbXBsZSBub25jZQ=="))
        for other in ["127.0.0.1:5625", "localhost:80", "[::1]", "[::2]:5624"] {
            #expect(try refusal { $0["Origin"] = "http://\(other)" } == .forbidden)
        }
    }

    @Test func fetchMetadataMaySpeakAgainstARequestOnly() throws {
        #expect(try refusal { $0["Sec-Fetch-Mode"] = "websocket" } == nil)
        for mode in ["navigate", "cors", "no-cors", "same-origin", "", "WebSocket"] {
            #expect(try refusal { $0["Sec-Fetch-Mode"] = mode } == .forbidden)
        }
        let page = [("Host", "127.0.0.1:5624")]
        #expect(try refusal(of: "/bridge") { $0.fields = page } == nil)
        #expect(
            try refusal(of: "/bridge") {
                $0.fields = page + [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")]
            } == nil)
        #expect(try refusal(of: "/bridge") { $0.fields = page + [("Sec-Fetch-Mode", "no-cors")] } == .forbidden)
        #expect(
            try refusal(of: "/bridge") {
                $0.fields = page + [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")]
            } == .forbidden)
    }

    @Test func anUpgradeIsWholeOrRefused() throws {
        #expect(try refusal { $0.method = "POST" } == .badRequest)
        #expect(try refusal { $0["Upgrade"] = "h2c" } == .badRequest)
        #expect(try refusal { $0["Upgrade"] = nil } == .badRequest)
        #expect(try refusal { $0["Connection"] = "keep-alive" } == .badRequest)
        #expect(try refusal { $0["Connection"] = "keep-alive, Upgrade" } == nil)
        #expect(try refusal { $0["Upgrade"] = "WebSocket" } == nil)
        #expect(try refusal { $0["Sec-WebSocket-Version"] = "8" } == .upgradeRequired)
        #expect(try refusal { $0["Sec-WebSocket-Version"] = nil } == .upgradeRequired)
        for key in [
            nil, "", "x", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25j\u{41}\"==",
        ] {
            #expect(try refusal { $0["Sec-WebSocket-Key"] = key } == .badRequest)
        }
        for offered in [nil, "", "binary", "lodger.v2", "lodger.display.v1"] {
            #expect(try refusal { $0["Sec-WebSocket-Protocol"] = offered } == .badRequest)
        }
        #expect(try refusal { $0["Sec-WebSocket-Protocol"] = "other, lodger.v1" } == nil)
        #expect(try refusal { $0["Content-Length"] = "5" } == .badRequest)
        #expect(try refusal { $0["Transfer-Encoding"] = "chunked" } == .badRequest)
    }

    @Test func routesThatWeDoNotHaveAreNotFound() throws {
        for route in ["/", "/nothing", "/v1/", "/v1?x=1", "/V1", "//v1", "/v1%00", "/info/", "/bridge/x"] {
            #expect(try refusal(of: route) { _ in } == .notFound)
            #expect(try refusal(of: route) { $0.fields = [("Host", "127.0.0.1:5624")] } == .notFound)
        }
        #expect(try refusal(of: "/v1") { $0.fields = [("Host", "127.0.0.1:5624")] } == .upgradeRequired)
        for method in ["POST", "PUT", "OPTIONS", "HEAD", "DELETE", "TRACE"] {
            #expect(
                try refusal(of: "/info") {
                    $0.method = method
                    $0.fields = [("Host", "127.0.0.1:5624")]
                } == .methodNotAllowed)
        }
        let body = [("Host", "127.0.0.1:5624"), ("Content-Length", "3")]
        #expect(try refusal(of: "/info") { $0.fields = body } == .badRequest)
    }

    @Test func informationIsForTheSiteThatAsks() throws {
        let plain = try gate.admit(head(Handshake(route: "/info", port: port)).without("upgrade"))
        #expect(plain == .info(reader: "https://project.example"))
    }
}

extension RequestHead {
    /// The same as a plain request.
    fileprivate func without(_ name: String) -> RequestHead {
        RequestHead(
            method: method, target: target, fields: ["host": self["host"] ?? "", "origin": self["origin"] ?? ""])
    }
}
