package import Addresses
package import FoundationEssentials
import MachineConfig
package import Sessions
import Trust

/// One decision of the owner, as it is recorded: no secret is among it.
package struct AuditEntry: Sendable, Hashable, Codable {
    /// The version of this shape.
    package let schema: Int
    package let time: Date
    package let event: Event
    package let origin: SiteOrigin
    /// SHA-256 of the configuration that was decided about.
    package let configuration: String?
    /// The thumbprint of the key that signed it.
    package let key: String?

    private static let currentSchema = 1

    package enum Event: String, Sendable, Codable {
        case allowedOnce = "allowed-once"
        case allowedAndRemembered = "allowed-and-remembered"
        case denied
        case blocked
        case unblocked
        case revoked
        case timedOut = "timed-out"
        case unavailable
        case withdrawn
    }

    /// What the owner did to a whole site, such as taking back what was allowed.
    package init(_ event: Event, origin: SiteOrigin, time: Date = Date()) {
        schema = Self.currentSchema
        self.time = time
        self.event = event
        self.origin = origin
        configuration = nil
        key = nil
    }

    package init(_ answer: ConsentAnswer, to question: ConsentQuestion, time: Date = Date()) {
        schema = Self.currentSchema
        self.time = time
        event = Event(answer)
        origin = question.site
        configuration = question.configurationDigest.description
        key = question.identity.thumbprint.description
    }
}

extension AuditEntry.Event {
    init(_ answer: ConsentAnswer) {
        self =
            switch answer {
            case .allowOnce: .allowedOnce
            case .allowAndRemember: .allowedAndRemembered
            case .deny: .denied
            case .blockSite: .blocked
            case .timedOut: .timedOut
            case .unavailable: .unavailable
            case .withdrawn: .withdrawn
            }
    }
}
