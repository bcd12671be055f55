import COpenSSL

/// A hash that takes its input piece by piece.
///
/// One thread at a time.
package struct Digest: ~Copyable, @unchecked Sendable {
    package enum Algorithm: Sendable {
        case sha256
        case sha512
    }

    private let context: OpaquePointer
    private let size: Int

    package init(_ algorithm: Algorithm) {
        let type = algorithm == .sha256 ? EVP_sha256() : EVP_sha512()
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, type, nil) == 1 else {
            fatalError("OpenSSL has no memory for a hash")
        }
        self.context = context
        size = Int(EVP_MD_get_size(type))
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes the next bytes, without a copy.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        EVP_DigestUpdate(context, base, bytes.count)
    }

    /// Takes the next bytes, without a copy.
    package func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { update($0) }
    }

    package func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The hash of all that came; ends the digest.
    package consuming func finish() -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: size)
        EVP_DigestFinal_ex(context, &hash, nil)
        return hash
    }

    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        let digest = Digest(.sha256)
        digest.update(bytes)
        return digest.finish()
    }

    package static func sha512(_ bytes: [UInt8]) -> [UInt8] {
        let digest = Digest(.sha512)
        digest.update(bytes)
        return digest.finish()
    }
}
