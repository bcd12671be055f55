/// Why an owner's request was not done.
package struct OwnerProblem: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    package let code: Code
    /// A sentence for the owner.
    package let message: String

    package enum Code: String, Sendable, Codable {
        /// Not a line of JSON that says what is wanted, or longer than any request.
        case requestMalformed = "request-malformed"
        /// Too many of the owner's commands at once.
        case busy
        case sessionUnknown = "session-unknown"
        /// Answered already, withdrawn, or never asked.
        case consentUnknown = "consent-unknown"
        /// No story begins so, or more than one.
        case storyUnknown = "story-unknown"
        case imageUnknown = "image-unknown"
        case imageInUse = "image-in-use"
        case failed
    }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
