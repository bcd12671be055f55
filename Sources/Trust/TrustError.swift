package import Addresses
package import MachineConfig

/// Why a configuration or a site's document is not trusted, in the order of the checks.
package enum TrustError: Error, Sendable, Hashable {
    /// Not a compact JWS, or bytes that RFC 7515 does not allow; the sentence says where.
    case malformed(String)
    /// Missing, or not one of ES256, Ed25519 and EdDSA with an Ed25519 key.
    case algorithmRefused(String)
    /// A header that names a key by other means than `kid`, an unknown `crit`, `b64`, a wrong `typ`.
    case headerRefused(String)
    /// The site's document names no such key.
    case keyUnknown
    case keyRevoked
    case signatureInvalid
    /// The site's document cannot be used; the sentence names the member.
    case siteDocumentInvalid(String)
    case siteDocumentExpired
    /// `iss` is not the page's origin.
    case wrongIssuer
    /// `aud` is not this product.
    case wrongAudience
    /// Not our nonce in a dynamic configuration.
    case wrongNonce
    case expired
    case notYetValid
    /// A lower version than the highest that was seen.
    case rolledBack(seen: Int64, got: Int64)
    /// The site has shown a modern key before; older signatures are no longer taken from it.
    case downgrade
    /// The address of the configuration is neither of the page's origin nor listed by the site's document.
    case endpointNotListed
    case configuration(ConfigurationFault)
    /// The configuration names a file without its size, which must be found out first.
    case sizeUnknown(SecureURL)
}
