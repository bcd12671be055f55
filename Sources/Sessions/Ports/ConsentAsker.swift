package import Addresses
package import MachineConfig
package import Trust

/// Who is asked: the port that the native dialog fills.
package protocol ConsentAsker: Sendable {
    /// Asks the owner and returns the decision; everything but a clear yes is a refusal.
    ///
    /// Cancelling withdraws the question.
    func ask(_ question: ConsentQuestion) async -> ConsentAnswer
}

/// All that an owner is told before deciding.
package struct ConsentQuestion: Sendable {
    package let identifier: ConsentIdentifier
    package let site: SiteOrigin
    package let identity: PublisherIdentity
    package let configuration: MachineConfiguration
    /// Of the signed bytes, so that the record of decisions can name what was decided about.
    package let configurationDigest: SHA256Digest
    /// What is not on this computer yet, in bytes.
    package let download: Int64
    package let host: HostReport

    package init(
        identifier: ConsentIdentifier, site: SiteOrigin, identity: PublisherIdentity,
        configuration: MachineConfiguration, configurationDigest: SHA256Digest, download: Int64, host: HostReport
    ) {
        self.identifier = identifier
        self.site = site
        self.identity = identity
        self.configuration = configuration
        self.configurationDigest = configurationDigest
        self.download = download
        self.host = host
    }
}

package enum ConsentAnswer: Sendable, Hashable {
    case allowOnce
    /// For 30 days, for the same or less.
    case allowAndRemember
    case deny
    case blockSite
    /// Nobody answered in time: a refusal without a penalty.
    case timedOut
    /// No way to ask anybody here; the sentence says what is missing.
    case unavailable(String)
    case withdrawn
}
