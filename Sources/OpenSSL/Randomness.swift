import COpenSSL

/// Bytes that nobody can guess, and comparisons that tell nobody anything.
package enum Randomness {
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, CInt(count)) == 1 else { fatalError("no randomness on this computer") }
        return bytes
    }

    /// Takes the same time wherever the first difference is.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
