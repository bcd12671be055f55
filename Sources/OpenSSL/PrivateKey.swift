import COpenSSL

/// A key that signs.
package final class PrivateKey: @unchecked Sendable {
    package let kind: PublicKey.Kind
    private let key: OpaquePointer

    private init(owning key: OpaquePointer, kind: PublicKey.Kind) {
        self.key = key
        self.kind = kind
    }

    deinit { EVP_PKEY_free(key) }

    package static func generateP256() throws(OpenSSLError) -> PrivateKey {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else {
            throw OpenSSLError(afterFailureOf: "EVP_PKEY_CTX_new_from_name")
        }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, "prime256v1") == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else { throw OpenSSLError(afterFailureOf: "EVP_PKEY_generate") }
        return PrivateKey(owning: key, kind: .p256)
    }

    package static func generateEd25519() throws(OpenSSLError) -> PrivateKey {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "ED25519", nil) else {
            throw OpenSSLError(afterFailureOf: "EVP_PKEY_CTX_new_from_name")
        }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_generate(context, &key) == 1, let key else {
            throw OpenSSLError(afterFailureOf: "EVP_PKEY_generate")
        }
        return PrivateKey(owning: key, kind: .ed25519)
    }

    /// A key for older configurations, of the shortest length that is taken.
    package static func generateRSA() throws(OpenSSLError) -> PrivateKey {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else {
            throw OpenSSLError(afterFailureOf: "EVP_PKEY_CTX_new_from_name")
        }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else { throw OpenSSLError(afterFailureOf: "EVP_PKEY_generate") }
        return PrivateKey(owning: key, kind: .rsa)
    }

    /// Reads an unencrypted PEM file's text; `nil` where it holds no P-256 or Ed25519 key.
    package convenience init?(pem: [UInt8]) {
        guard let key = Self.read(pem) else { return nil }
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_EC where Self.group(of: key) == "prime256v1":
            self.init(owning: key, kind: .p256)
        case EVP_PKEY_ED25519:
            self.init(owning: key, kind: .ed25519)
        default:
            EVP_PKEY_free(key)
            return nil
        }
    }

    private static func read(_ pem: [UInt8]) -> OpaquePointer? {
        pem.withUnsafeBufferPointer { pem in
            // It reads from the bytes themselves, which must stay where they are until it is freed.
            guard let memory = BIO_new_mem_buf(pem.baseAddress, CInt(pem.count)) else { return nil }
            defer {
                BIO_free(memory)
                ERR_clear_error()
            }
            // A pass phrase is never asked for on a terminal: an encrypted key is not taken.
            return PEM_read_bio_PrivateKey(memory, nil, { _, _, _, _ in -1 }, nil)
        }
    }

    private static func group(of key: OpaquePointer) -> String {
        var name = [CChar](repeating: 0, count: 64)
        guard EVP_PKEY_get_group_name(key, &name, name.count, nil) == 1 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The unencrypted PKCS#8 text.
    package func pem() throws(OpenSSLError) -> [UInt8] {
        guard let memory = BIO_new(BIO_s_mem()) else { throw OpenSSLError(afterFailureOf: "BIO_new") }
        defer { BIO_free(memory) }
        guard PEM_write_bio_PKCS8PrivateKey(memory, key, nil, nil, 0, nil, nil) == 1 else {
            throw OpenSSLError(afterFailureOf: "PEM_write_bio_PKCS8PrivateKey")
        }
        var text = [UInt8](repeating: 0, count: 4096)
        let size = BIO_read(memory, &text, CInt(text.count))
        guard size > 0 else { throw OpenSSLError(afterFailureOf: "BIO_read") }
        return Array(text.prefix(Int(size)))
    }

    package var publicKey: PublicKey {
        EVP_PKEY_up_ref(key)
        return PublicKey(owning: key, kind: kind)
    }

    /// 64 bytes, r and s for P-256, the signature itself for Ed25519; for RSA as many as its modulus has.
    package func sign(_ message: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw OpenSSLError(afterFailureOf: "EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        let hash: OpaquePointer? =
            switch kind {
            case .p256: EVP_sha256()
            case .ed25519: nil
            case .rsa: EVP_sha512()
            }
        var signature = [UInt8](repeating: 0, count: 1024)
        var size = signature.count
        guard EVP_DigestSignInit(context, nil, hash, nil, key) == 1,
            EVP_DigestSign(context, &signature, &size, message, message.count) == 1
        else { throw OpenSSLError(afterFailureOf: "EVP_DigestSign") }
        let encoded = Array(signature.prefix(size))
        guard kind == .p256 else { return encoded }
        guard let raw = ECDSASignature.raw(fromDER: encoded) else {
            throw OpenSSLError(afterFailureOf: "d2i_ECDSA_SIG")
        }
        return raw
    }
}
