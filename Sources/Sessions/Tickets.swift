import Trust

/// Opens one display or port once: 32 random bytes in base64url, valid for 30 seconds on the site it was given to.
package struct Ticket: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ text: String) { description = text }
}

/// Proves to a later connection that a page was let in before: 32 random bytes in base64url.
///
/// Given to the page once; we keep only its hash.
package struct ResumeToken: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    static func random() -> ResumeToken { ResumeToken(Secret.text()) }
}

extension TokenHash {
    init(_ token: ResumeToken) { self.init(of: token.text) }
}
