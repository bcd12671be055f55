/// A whole answer to a plain request; the connection ends with it.
struct HTTPResponse: Equatable {
    let status: Int
    let phrase: String
    let fields: [(name: String, value: String)]
    let body: [UInt8]

    static func == (left: HTTPResponse, right: HTTPResponse) -> Bool { left.encoded == right.encoded }

    /// What every answer carries: it is nobody's to embed, to guess the type of or to keep.
    private static let guards = [
        ("Cache-Control", "no-store"),
        ("Connection", "close"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ]

    private static let nothingMayLoad = "default-src 'none'; frame-ancestors 'none'"

    private init(
        _ status: Int, _ phrase: String, type: String, policy: String = Self.nothingMayLoad,
        _ others: [(String, String)] = [], body: [UInt8]
    ) {
        self.status = status
        self.phrase = phrase
        self.body = body
        fields =
            Self.guards + [("Content-Security-Policy", policy)] + others
            + [("Content-Type", type), ("Content-Length", String(body.count))]
    }

    static func refusal(_ refusal: Refusal) -> HTTPResponse {
        var others: [(String, String)] = []
        if refusal == .methodNotAllowed { others = [("Allow", "GET")] }
        if refusal == .upgradeRequired {
            others = [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]
        }
        return HTTPResponse(
            refusal.rawValue, refusal.phrase, type: "text/plain; charset=utf-8", others,
            body: Array("\(refusal.phrase)\n".utf8))
    }

    /// What a page may learn without anybody's consent: that the daemon is there.
    static func info(reader: String?) -> HTTPResponse {
        let others = reader.map { [("Access-Control-Allow-Origin", $0), ("Vary", "Origin")] } ?? []
        return HTTPResponse(
            200, "OK", type: "application/json", others, body: Array(#"{"name":"lodger","protocol":1}"#.utf8))
    }

    /// The helper window's page; its one script runs by this nonce and speaks to this daemon only.
    static func bridgePage(nonce: String, port: UInt16) -> HTTPResponse {
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map { "ws://\($0):\(port)" }.joined(separator: " ")
        let policy = """
            default-src 'none'; script-src 'nonce-\(nonce)'; connect-src \(hosts); \
            base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            """
        return HTTPResponse(
            200, "OK", type: "text/html; charset=utf-8", policy: policy, body: BridgePage.html(nonce: nonce))
    }

    /// The answer that makes a WebSocket of the connection.
    static func switchingProtocols(accept: String, subprotocol: String) -> [UInt8] {
        Array(
            """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: \(accept)\r
            Sec-WebSocket-Protocol: \(subprotocol)\r
            \r

            """.utf8)
    }

    var encoded: [UInt8] {
        var text = "HTTP/1.1 \(status) \(phrase)\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        return Array("\(text)\r\n".utf8) + body
    }
}
