package import OpenSSL
package import StrictJSON

/// A public key as a site publishes it (RFC 7517), of a kind that we take.
package struct PublicJWK: Sendable {
    package let key: PublicKey
    package let thumbprint: KeyThumbprint

    /// `nil` for another kind of key, a wrong length, a point beside the curve, or a member of a private key.
    package init?(_ value: JSONValue) {
        guard let members = value.object, members["d"] == nil,
            let x = members["x"]?.string.flatMap({ Base64URL.decode($0.utf8) })
        else { return nil }
        switch (members["kty"]?.string, members["crv"]?.string) {
        case ("EC", "P-256"):
            guard let y = members["y"]?.string.flatMap({ Base64URL.decode($0.utf8) }),
                let key = PublicKey.p256(x: x, y: y)
            else { return nil }
            self.init(key)
        case ("OKP", "Ed25519"):
            guard let key = PublicKey.ed25519(x) else { return nil }
            self.init(key)
        default:
            return nil
        }
    }

    /// `nil` for a key that has no JWK here.
    package init?(_ key: PublicKey) {
        guard let json = Self.json(of: key),
            let thumbprint = KeyThumbprint(Base64URL.encode(Digest.sha256(Array(json.utf8))))
        else { return nil }
        self.key = key
        self.thumbprint = thumbprint
    }

    /// The required members alone, in the order that RFC 7638 hashes.
    package var json: String { Self.json(of: key) ?? "" }

    private static func json(of key: PublicKey) -> String? {
        let (x, y) = key.coordinates
        switch key.kind {
        case .p256: return #"{"crv":"P-256","kty":"EC","x":"\#(Base64URL.encode(x))","y":"\#(Base64URL.encode(y))"}"#
        case .ed25519: return #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64URL.encode(x))"}"#
        case .rsa: return nil
        }
    }

    /// Whether a signature with this `alg` may be checked with this key.
    func takes(_ algorithm: String) -> Bool {
        switch key.kind {
        case .p256: algorithm == "ES256"
        case .ed25519: algorithm == "Ed25519" || algorithm == "EdDSA"
        case .rsa: false
        }
    }
}
