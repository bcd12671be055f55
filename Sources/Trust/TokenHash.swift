import OpenSSL

/// What we keep of a token: enough to know it again, too little to use it.
package struct TokenHash: Hashable, Sendable, Codable {
    private let digest: String

    package init(of token: String) {
        digest = Base64URL.encode(Digest.sha256(Array(token.utf8)))
    }

    package init(from decoder: any Decoder) throws {
        digest = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(digest)
    }

    /// Takes the same time wherever the first difference is.
    package static func == (left: TokenHash, right: TokenHash) -> Bool {
        Randomness.equal(Array(left.digest.utf8), Array(right.digest.utf8))
    }
}
