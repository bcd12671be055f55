/// A verified configuration and how well its signer is known.
package struct Assessment: Sendable {
    package let verified: VerifiedConfiguration
    package let identity: PublisherIdentity
    /// Whether an earlier yes is not enough: another key, a new number, a document too old.
    package let mustAsk: Bool
    /// Whether a yes may be kept: only beside a document that was fetched now.
    package let mayRemember: Bool
    /// The publisher as it would be written down.
    let publisher: Publisher?
}
