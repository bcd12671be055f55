package import Addresses
package import Trust

/// A page's wish to have a session.
package struct OpenRequest: Sendable {
    package let configuration: SecureURL
    package let resume: ResumeToken?
    /// How the site signs it.
    package let format: ConfigurationFormat

    package init(configuration: SecureURL, resume: ResumeToken?, format: ConfigurationFormat = .jws) {
        self.configuration = configuration
        self.resume = resume
        self.format = format
    }
}

package struct OpenedSession: Sendable {
    package let summary: SessionSummary
    /// New where the owner was asked; the page keeps it.
    package let resume: ResumeToken?
    /// What was verified for it; `nil` where a token found the session again.
    package let verified: VerifiedConfiguration?

    package init(summary: SessionSummary, resume: ResumeToken?, verified: VerifiedConfiguration? = nil) {
        self.summary = summary
        self.resume = resume
        self.verified = verified
    }
}
