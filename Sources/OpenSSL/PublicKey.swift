import COpenSSL

/// A public key that checks signatures.
package final class PublicKey: @unchecked Sendable {
    package enum Kind: Sendable, Hashable {
        /// ECDSA on P-256 with SHA-256; signatures are r and s of 32 bytes each.
        case p256
        case ed25519
        /// PKCS#1 v1.5 with SHA-512, 2048 bits or more.
        case rsa
    }

    package let kind: Kind
    private let key: OpaquePointer

    init(owning key: OpaquePointer, kind: Kind) {
        self.key = key
        self.kind = kind
    }

    deinit { EVP_PKEY_free(key) }

    /// A point of the curve P-256, each coordinate of exactly 32 bytes; `nil` for a point that is not on it.
    package static func p256(x: [UInt8], y: [UInt8]) -> PublicKey? {
        guard x.count == 32, y.count == 32 else { return nil }
        let point = [0x04] + x + y
        guard let key = lodger_p256_from_point(point, point.count) else {
            ERR_clear_error()
            return nil
        }
        return checked(PublicKey(owning: key, kind: .p256))
    }

    /// A key of 32 bytes; `nil` for a point that is not on the curve, and for one under which anybody can sign.
    package static func ed25519(_ bytes: [UInt8]) -> PublicKey? {
        guard bytes.count == 32, EdwardsPoint.isSound(bytes),
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
        else {
            ERR_clear_error()
            return nil
        }
        return PublicKey(owning: key, kind: .ed25519)
    }

    /// An RSA key in the DER form of SubjectPublicKeyInfo.
    package static func rsa(subjectPublicKeyInfo bytes: [UInt8]) -> PublicKey? {
        let decoded = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var start = buffer.baseAddress
            guard let key = d2i_PUBKEY(nil, &start, buffer.count) else { return nil }
            guard start == buffer.baseAddress.map({ $0 + buffer.count }) else {
                EVP_PKEY_free(key)
                return nil
            }
            return key
        }
        guard let decoded else {
            ERR_clear_error()
            return nil
        }
        guard EVP_PKEY_get_base_id(decoded) == EVP_PKEY_RSA, EVP_PKEY_get_bits(decoded) >= 2048 else {
            EVP_PKEY_free(decoded)
            return nil
        }
        return PublicKey(owning: decoded, kind: .rsa)
    }

    /// The DER form of SubjectPublicKeyInfo.
    package var subjectPublicKeyInfo: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, Int(i2d_PUBKEY(key, nil))))
        bytes.withUnsafeMutableBufferPointer { buffer in
            var end = buffer.baseAddress
            _ = i2d_PUBKEY(key, &end)
        }
        return bytes
    }

    private static func checked(_ key: PublicKey) -> PublicKey? {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key.key, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_public_check(context) == 1 else {
            ERR_clear_error()
            return nil
        }
        return key
    }

    /// Whether the signature is this key's over exactly these bytes.
    package func verifies(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        guard let encoded = encoded(signature), let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        let hash: OpaquePointer? =
            switch kind {
            case .p256: EVP_sha256()
            case .ed25519: nil
            case .rsa: EVP_sha512()
            }
        guard EVP_DigestVerifyInit(context, nil, hash, nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
    }

    /// The signature as OpenSSL wants it: DER for ECDSA.
    private func encoded(_ signature: [UInt8]) -> [UInt8]? {
        switch kind {
        case .p256: signature.count == 64 ? ECDSASignature.der(fromRaw: signature) : nil
        case .ed25519: signature.count == 64 ? signature : nil
        case .rsa: signature
        }
    }

    /// The coordinates of a P-256 key, or the 32 bytes of an Ed25519 key and nothing.
    package var coordinates: (x: [UInt8], y: [UInt8]) {
        switch kind {
        case .p256:
            var point = [UInt8](repeating: 0, count: 65)
            var size = 0
            EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, &point, point.count, &size)
            return (Array(point[1..<33]), Array(point[33..<65]))
        case .ed25519:
            var bytes = [UInt8](repeating: 0, count: 32)
            var size = bytes.count
            EVP_PKEY_get_raw_public_key(key, &bytes, &size)
            return (bytes, [])
        case .rsa:
            return ([], [])
        }
    }
}
