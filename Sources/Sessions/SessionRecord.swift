package import Addresses
package import FoundationEssentials
package import MachineConfig
import Storage
package import Trust

/// What is kept of a session while the agent is away.
package struct SessionRecord: Record {
    package let session: SessionIdentifier
    package let site: SiteOrigin
    /// Where the configuration came from, and comes from again at a later start.
    package var source: SecureURL
    /// How the site signs it; `nil` stands for the present form.
    package var format: ConfigurationFormat?
    package var configuration: MachineConfiguration
    package var key: KeyThumbprint
    package var consent: Consent
    /// Hashes of the tokens that let a page back in, oldest first.
    package var tokens: [TokenHash]
    /// The run that was last begun, until nothing of it is left.
    package var machine: MachineIdentifier?
    package var accelerator: Accelerator?
    /// When the run began.
    package var started: Date?
    package var reason: SessionReason?

    package var identifier: String { session.description }

    package enum Consent: String, Sendable, Codable {
        /// Good for one run.
        case once
        /// Was good for one run, which has begun.
        case spent
        /// Good for as long as the site's grant covers it.
        case remembered
    }

    /// A page may be open in a few browsers; more tokens than this make the oldest invalid.
    static let tokenLimit = 8

    mutating func add(_ token: TokenHash) {
        tokens.append(token)
        if tokens.count > Self.tokenLimit { tokens.removeFirst() }
    }
}
