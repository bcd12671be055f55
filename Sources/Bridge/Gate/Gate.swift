import Addresses

/// Decides on every request before anything else looks at it; a plain value.
///
/// It stands in front of all routes, known and unknown, so that none can forget it.
struct Gate: Sendable {
    let port: UInt16
    /// Whether pages on `http://localhost` count as sites: the owner's switch.
    let developmentSites: Bool

    /// What a request that passed may have.
    enum Admission: Equatable {
        /// Name and version of the protocol; for the page of that site to read, where one asks.
        case info(reader: String?)
        case bridgePage
        case webSocket(Route, Visitor, key: String)
    }

    func admit(_ head: RequestHead) throws(Refusal) -> Admission {
        let host = try checkHost(head)
        // A browser names the page with every upgrade and with every request that crosses origins.
        let origin = try head["origin"].map { text throws(Refusal) in (text, try visitor(text, host: host)) }
        if isUpgrade(head) {
            guard let (_, visitor) = origin else { throw .forbidden }
            return try admitUpgrade(head, of: visitor)
        }
        guard head.method == "GET" else { throw .methodNotAllowed }
        guard head["content-length"].map({ $0 == "0" }) ?? true, head["transfer-encoding"] == nil else {
            throw .badRequest
        }
        switch head.target {
        case "/info": return .info(reader: origin?.0)
        case "/bridge":
            // Only to be looked at as a page of its own.
            guard head["sec-fetch-mode"].map({ $0 == "navigate" }) ?? true,
                head["sec-fetch-dest"].map({ $0 == "document" }) ?? true
            else { throw .forbidden }
            return .bridgePage
        default: throw Route(rawValue: head.target) == nil ? .notFound : .upgradeRequired
        }
    }

    /// The three names of this computer's own door; a page that rebinds its name to us comes with another.
    private func checkHost(_ head: RequestHead) throws(Refusal) -> String {
        guard let host = head["host"]?.lowercased(),
            host == "127.0.0.1:\(port)" || host == "localhost:\(port)" || host == "[::1]:\(port)"
        else { throw .misdirected }
        return host
    }

    private func visitor(_ origin: String, host: String) throws(Refusal) -> Visitor {
        // Our own page speaks to the host that it came from.
        if origin == "http://\(host)" { return .bridgePage }
        guard let site = SiteOrigin(origin), isAdmitted(site) else { throw .forbidden }
        return .site(site)
    }

    /// Whether sites of this kind are spoken to at all.
    func isAdmitted(_ site: SiteOrigin) -> Bool {
        guard site.isDevelopmentSite else { return true }
        // Our own port is not a site's, whatever the switch says.
        return developmentSites && site.port != port
    }

    private func isUpgrade(_ head: RequestHead) -> Bool {
        head["upgrade"] != nil || head.list("connection").contains("upgrade") || head["sec-websocket-key"] != nil
    }

    private func admitUpgrade(_ head: RequestHead, of visitor: Visitor) throws(Refusal) -> Admission {
        guard head["sec-fetch-mode"].map({ $0 == "websocket" }) ?? true else { throw .forbidden }
        guard head.method == "GET", head["content-length"] == nil, head["transfer-encoding"] == nil,
            head["upgrade"]?.lowercased() == "websocket", head.list("connection").contains("upgrade"),
            let key = head["sec-websocket-key"], Self.isKey(key)
        else { throw .badRequest }
        guard head["sec-websocket-version"] == "13" else { throw .upgradeRequired }
        guard let route = Route(rawValue: head.target) else { throw .notFound }
        guard head.list("sec-websocket-protocol").contains(route.subprotocol) else { throw .badRequest }
        return .webSocket(route, visitor, key: key)
    }

    /// The base64 of 16 bytes.
    private static func isKey(_ text: String) -> Bool {
        text.utf8.count == 24 && text.hasSuffix("==")
            && text.utf8.dropLast(2).allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
