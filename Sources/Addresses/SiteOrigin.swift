/// A web origin as browsers write it in `Origin`, parsed: the identity of a site.
///
/// Only two kinds exist: `https` with any host, and, where development sites are admitted, `http://localhost:PORT`.
package struct SiteOrigin: Hashable, Sendable, CustomStringConvertible {
    /// `https`, or `http` for a development site on `localhost`.
    package let scheme: Scheme
    /// In lower case; an IPv6 literal keeps its brackets.
    package let host: String
    package let port: UInt16

    package enum Scheme: String, Sendable {
        case https
        case http

        package var defaultPort: UInt16 {
            switch self {
            case .https: 443
            case .http: 80
            }
        }
    }

    /// A site on this computer's `localhost`, admitted only by the owner's switch.
    package var isDevelopmentSite: Bool { scheme == .http }

    /// The serialisation of RFC 6454: no default port, no trailing slash.
    package var description: String {
        port == scheme.defaultPort ? "\(scheme.rawValue)://\(host)" : "\(scheme.rawValue)://\(host):\(port)"
    }

    /// Only the parser makes one, so that a value is always well-formed.
    init(scheme: Scheme, host: String, port: UInt16) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Parses exactly the text that a browser sends; anything else is `nil`.
    ///
    /// Refused: `null`, user information, a path, a trailing dot or slash, a written default port, upper case, white space,
    /// percent escapes, characters outside ASCII (browsers send punycode), and every scheme but the two.
    package init?(_ text: String) {
        guard let parts = URLParts(originText: text) else { return nil }
        self.init(scheme: parts.scheme, host: parts.host, port: parts.port)
    }
}

extension SiteOrigin: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let origin = SiteOrigin(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an origin")
        }
        self = origin
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
