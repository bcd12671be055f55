/// An address that may be fetched from: `https`, or `http://localhost:PORT` for a development site.
package struct SecureURL: Hashable, Sendable, CustomStringConvertible {
    package let origin: SiteOrigin
    /// Path and query, beginning with `/`.
    package let target: String

    package var description: String { origin.description + target }

    /// `nil` for another scheme, user information, a fragment, a backslash, white space or characters outside ASCII.
    package init?(_ text: String) {
        guard let parts = URLParts(text), !parts.rest.contains("#"), !parts.rest.contains("\\") else { return nil }
        origin = SiteOrigin(scheme: parts.scheme, host: parts.host, port: parts.port)
        target = parts.rest.hasPrefix("/") ? String(parts.rest) : "/" + parts.rest
    }

    package init(origin: SiteOrigin, path: StaticString) {
        self.origin = origin
        target = path.description
    }

    /// The same address with one more query parameter; both must already be percent-encoded.
    package func appending(query name: StaticString, _ value: String) -> SecureURL {
        SecureURL(origin: origin, target: "\(target)\(target.contains("?") ? "&" : "?")\(name)=\(value)")
    }

    private init(origin: SiteOrigin, target: String) {
        self.origin = origin
        self.target = target
    }
}

extension SecureURL: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let url = SecureURL(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an https address")
        }
        self = url
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
