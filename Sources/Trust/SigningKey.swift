import Addresses
package import FoundationEssentials
package import OpenSSL

/// A site owner's key: what `lodger key new` makes and `lodger sign` uses.
package struct SigningKey: Sendable {
    package enum Algorithm: String, Sendable, CaseIterable {
        case es256
        case ed25519
    }

    package let key: PrivateKey
    package let publicKey: PublicJWK

    package init(generating algorithm: Algorithm) throws(OpenSSLError) {
        let key =
            switch algorithm {
            case .es256: try PrivateKey.generateP256()
            case .ed25519: try PrivateKey.generateEd25519()
            }
        guard let publicKey = PublicJWK(key.publicKey) else { preconditionFailure("both kinds have a JWK") }
        self.key = key
        self.publicKey = publicKey
    }

    /// `nil` for a text that is not an unencrypted PEM private key on P-256 or for Ed25519.
    package init?(pem: [UInt8]) {
        guard let key = PrivateKey(pem: pem), let publicKey = PublicJWK(key.publicKey) else { return nil }
        self.key = key
        self.publicKey = publicKey
    }

    /// The text for `/.well-known/lodger.json` of a site that has this one key.
    package func siteDocument(expires: Date) -> String {
        """
        {
          "version": 1,
          "expires": \(Int64(expires.timeIntervalSince1970)),
          "keys": [
            \(publicKey.json)
          ],
          "next": [],
          "revoked": []
        }

        """
    }

    /// A compact JWS over a payload.
    package func sign(_ payload: [UInt8], type: String) throws(OpenSSLError) -> String {
        let algorithm = key.kind == .ed25519 ? "Ed25519" : "ES256"
        let header = #"{"alg":"\#(algorithm)","kid":"\#(publicKey.thumbprint)","typ":"\#(type)"}"#
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(payload)
        return input + "." + Base64URL.encode(try key.sign(Array(input.utf8)))
    }
}
