import Addresses
import OpenSSL
import Synchronization

/// Keys of sites that were collected for CernVM WebAPI: a list that its keeper has signed as a whole.
///
/// A list takes the place of the one before it only when its signature is right; otherwise that one stays.
package final class LegacyKeyring: Sendable {
    private let root: LegacyKey?
    private let keys = Mutex<[String: LegacyKey]>([:])

    /// In bytes, of a list.
    package static let sizeLimit = 4 << 20

    /// Trusts nobody's list.
    package init() { root = nil }

    /// Trusts the lists of one keeper; `nil` for a text that is not the base64 of an RSA key's SubjectPublicKeyInfo.
    package init?(root text: String) {
        guard let root = LegacyKey(text) else { return nil }
        self.root = root
    }

    /// Takes over a list, signed with RSA PKCS#1 v1.5 and SHA-512 over exactly its bytes, and returns how many keys it has.
    @discardableResult
    package func replace(list: [UInt8], signature: [UInt8]) throws(TrustError) -> Int {
        guard list.count <= Self.sizeLimit else { throw .malformed("the list of keys is too large") }
        guard let root, root.key.verifies(signature, over: list) else { throw .signatureInvalid }
        guard let text = String(validating: list, as: UTF8.self) else {
            throw .malformed("the list of keys is not UTF-8")
        }
        let found = Self.keys(in: text)
        keys.withLock { $0 = found }
        return found.count
    }

    /// A key stands for `https` on its own port of exactly that name: the list knows no other part of an origin.
    func key(of site: SiteOrigin) -> LegacyKey? {
        guard site.scheme == .https, site.port == SiteOrigin.Scheme.https.defaultPort else { return nil }
        return keys.withLock { $0[site.host] }
    }

    /// Lines of `domain=key`; one that holds no key that we take names nobody.
    private static func keys(in text: String) -> [String: LegacyKey] {
        var keys: [String: LegacyKey] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let equals = line.firstIndex(of: "=") else { continue }
            keys[String(line[..<equals])] = LegacyKey(String(line[line.index(after: equals)...]))
        }
        return keys
    }
}
