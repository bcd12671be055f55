/// An address that may be fetched from: `https`, or `http://localhost:PORT` for a development site.
package struct SecureURL: Hashable, Sendable, CustomStringConvertible {
    package let origin: SiteOrigin
    /// Path and query, beginning with `/`.
    package let target: String

    package var description: String { origin.description + target }

    /// `nil` for another scheme, user information, a fragment, white space, and what browsers never leave unescaped.
    ///
    /// That is quotes, angle brackets, backslashes, backticks, a `%` without two digits, and characters outside ASCII.
    package init?(_ text: String) {
        guard let parts = URLParts(text), Self.isTarget(parts.rest) else { return nil }
        origin = SiteOrigin(scheme: parts.scheme, host: parts.host, port: parts.port)
        target = parts.rest.hasPrefix("/") ? String(parts.rest) : "/" + parts.rest
        // With the slash it may be one byte too long to be read again.
        guard description.utf8.count <= URLParts.longest else { return nil }
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

    private static func isTarget(_ text: Substring) -> Bool {
        guard !text.utf8.contains(where: "#\\\"<>`".utf8.contains) else { return false }
        return text.split(separator: "%", omittingEmptySubsequences: false).dropFirst().allSatisfy { part in
            let digits = part.prefix(2)
            return digits.count == 2 && digits.allSatisfy(\.isHexDigit)
        }
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
