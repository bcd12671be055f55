/// What the dialog says when it ends.
package struct DialogAnswer: Codable, Hashable, Sendable {
    /// The question's own.
    package let id: String
    package let decision: DialogDecision
    /// What is missing, where the dialog cannot be shown.
    package let reason: PlainLine?

    package init(id: String, decision: DialogDecision, reason: PlainLine? = nil) {
        self.id = id
        self.decision = decision
        self.reason = reason
    }
}

package enum DialogDecision: String, Codable, Sendable {
    case allowOnce = "allow-once"
    case allowAndRemember = "allow-and-remember"
    case deny
    case block
    case timedOut = "timed-out"
    /// Nobody could be asked.
    case unavailable
}

/// How the dialog ends, for those who read no JSON.
package enum DialogExit {
    /// The owner decided, or the time was over.
    package static let answered: Int32 = 0
    /// What came is no question.
    package static let noQuestion: Int32 = 65
    /// No display.
    package static let unavailable: Int32 = 69
}
