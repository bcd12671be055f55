package import Addresses

/// A page's wish to have a session.
package struct OpenRequest: Sendable {
    package let configuration: SecureURL
    package let resume: ResumeToken?

    package init(configuration: SecureURL, resume: ResumeToken?) {
        self.configuration = configuration
        self.resume = resume
    }
}

package struct OpenedSession: Sendable {
    package let summary: SessionSummary
    /// New where the owner was asked; the page keeps it.
    package let resume: ResumeToken?

    package init(summary: SessionSummary, resume: ResumeToken?) {
        self.summary = summary
        self.resume = resume
    }
}
