import OpenSSL

/// Texts that nobody can guess: nonces, tickets, tokens.
package enum Secret {
    /// 32 random bytes in base64url: 43 characters.
    package static func text() -> String { Base64URL.encode(Randomness.bytes(32)) }
}
