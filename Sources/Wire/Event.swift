import StrictJSON

/// What a page is told without having asked.
package enum Event: Hashable, Sendable {
    case changed(SessionObject)
    case forgotten(session: WireText)
    case progress(Progress)
    case consentPending(consent: WireText)
    case consentDecided(consent: WireText, allowed: Bool)

    /// How far a long step has come; what is not known is `nil`.
    package struct Progress: Hashable, Sendable {
        package let session: WireText
        package let step: Step
        /// In bytes.
        package let bytes: Int64?
        package let total: Int64?
        /// In bytes a second.
        package let rate: Int64?
        /// In seconds.
        package let remaining: Int?

        package enum Step: String, Sendable, CaseIterable {
            case downloading, starting
        }

        package init(session: WireText, step: Step, bytes: Int64?, total: Int64?, rate: Int64?, remaining: Int?) {
            self.session = session
            self.step = step
            self.bytes = bytes
            self.total = total
            self.rate = rate
            self.remaining = remaining
        }
    }

    /// One text message.
    package var encoded: [UInt8] { JSONValue.object(members).text }

    private var members: [String: JSONValue] {
        switch self {
        case .changed(let session): ["event": .string("session.changed"), "session": session.json]
        case .forgotten(let session): ["event": .string("session.forgotten"), "session": JSONValue(session)]
        case .progress(let progress):
            [
                "event": .string("session.progress"),
                "session": JSONValue(progress.session),
                "step": .string(progress.step.rawValue),
                "bytes": JSONValue(progress.bytes) { .integer($0) },
                "total": JSONValue(progress.total) { .integer($0) },
                "rate": JSONValue(progress.rate) { .integer($0) },
                "remaining": JSONValue(progress.remaining) { .integer(Int64($0)) },
            ]
        case .consentPending(let consent): ["event": .string("consent.pending"), "consent": JSONValue(consent)]
        case .consentDecided(let consent, let allowed):
            ["event": .string("consent.decided"), "consent": JSONValue(consent), "allowed": .bool(allowed)]
        }
    }
}
