import OpenSSL

/// A site's RSA key as CernVM WebAPI knew it: the base64 of its SubjectPublicKeyInfo.
struct LegacyKey: Sendable {
    let key: PublicKey
    /// The SHA-256 of the SubjectPublicKeyInfo, in the place of the thumbprint that newer keys have.
    let thumbprint: KeyThumbprint
    /// As it was read.
    let text: String

    /// `nil` for another kind of key, for one under 2048 bits, and for a text that is no base64.
    init?(_ text: String) {
        guard let bytes = Base64.decode(text), let key = PublicKey.rsa(subjectPublicKeyInfo: bytes),
            let thumbprint = KeyThumbprint(Base64URL.encode(Digest.sha256(bytes)))
        else { return nil }
        self.key = key
        self.thumbprint = thumbprint
        self.text = text
    }
}
