import MachineConfig
import Trust

extension TrustError {
    /// What is wrong, for a site's owner, with the field's name in front where there is one.
    var sentence: String {
        switch self {
        case .malformed(let reason): "not a compact JWS: \(reason)"
        case .algorithmRefused(let name): "alg must be ES256, Ed25519 or EdDSA with an Ed25519 key, not \(name)"
        case .headerRefused(let reason): "the header is not taken: \(reason)"
        case .keyUnknown: "kid is not among the keys of the site document"
        case .keyRevoked: "kid is revoked by the site document"
        case .signatureInvalid: "the signature does not fit the bytes"
        case .siteDocumentInvalid(let reason): "the site document is not taken: \(reason)"
        case .siteDocumentExpired: "the site document has expired; renew its expires"
        case .wrongIssuer: "iss is another site"
        case .wrongAudience: "aud must be \"lodger\""
        case .wrongNonce: "nonce is another one"
        case .expired: "exp has passed"
        case .notYetValid: "iat lies ahead"
        case .rolledBack(let seen, let got): "version \(got) is older than \(seen)"
        case .downgrade: "an older kind of signature"
        case .endpointNotListed: "configurations of the site document does not list where it came from"
        case .configuration(let fault): "\(fault.field) \(fault.reason)"
        case .sizeUnknown(let url): "the size of \(url) is not known"
        }
    }
}
