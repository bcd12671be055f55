package import Addresses
package import FoundationEssentials
import MachineConfig
import StrictJSON

/// What a site says of itself at `/.well-known/lodger.json`.
package struct SiteDocument: Sendable {
    /// In bytes.
    package static let sizeLimit = 64 * 1024
    /// More keys than a rotation needs.
    private static let keyLimit = 16
    static let revokedLimit = 256

    package let name: String?
    package let expires: Date
    package let keys: [KeyThumbprint: PublicJWK]
    /// The key of the site's older configurations.
    let legacyKey: LegacyKey?
    /// Keys that the site will use later.
    package let next: Set<KeyThumbprint>
    package let revoked: Set<KeyThumbprint>
    /// Other origins that the site's configurations may be fetched from.
    package let configurations: Set<SiteOrigin>
    /// Other origins that the site's images may be fetched from; `nil` where the document does not say: any.
    package let images: Set<SiteOrigin>?
    /// Statements by older keys that vouch for the present ones.
    let rotation: [[UInt8]]

    package init(parsing bytes: [UInt8]) throws(TrustError) {
        let members = try Self.members(of: bytes)
        guard members["version"]?.integer == 1 else { throw Self.invalid("version must be 1") }
        guard let expires = members["expires"]?.integer else {
            throw Self.invalid("expires must be a time in seconds since 1970")
        }
        self.expires = Date(timeIntervalSince1970: TimeInterval(expires))
        legacyKey = try Self.legacyKey(members["legacy_key"])
        // A site that has nothing but older pages needs no other key.
        keys = members["keys"] == nil && legacyKey != nil ? [:] : try Self.keys(members["keys"])
        name = try Self.text(members["name"], "name")
        next = Set(try Self.thumbprints(members["next"], "next"))
        revoked = Set(try Self.thumbprints(members["revoked"], "revoked", atMost: Self.revokedLimit))
        configurations = Set(try Self.origins(members["configurations"], "configurations") ?? [])
        images = try Self.origins(members["images"], "images").map(Set.init)
        guard let rotation = members["rotation"].map({ $0.strings }) ?? [] else {
            throw Self.invalid("rotation must be an array of strings")
        }
        self.rotation = rotation.map { Array($0.utf8) }
    }

    /// The keys that a site takes back, honoured even where nothing else of its document is right.
    package static func revoked(in bytes: [UInt8]) -> Set<KeyThumbprint> {
        // A text that is no JSON at all takes nothing back.
        guard bytes.count <= sizeLimit, let value = try? JSONValue(parsing: bytes),
            let member = value.object?["revoked"]
        else { return [] }
        let list = member.array ?? [member]
        return Set(list.compactMap { $0.string.flatMap(KeyThumbprint.init) })
    }

    private static func invalid(_ reason: String) -> TrustError { .siteDocumentInvalid(reason) }

    private static func members(of bytes: [UInt8]) throws(TrustError) -> [String: JSONValue] {
        guard bytes.count <= sizeLimit else { throw invalid("it is over 64 KiB") }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw invalid("it is not JSON: \(error)")
        }
        guard let members = value.object else { throw invalid("it is not an object") }
        return members
    }

    private static func keys(_ value: JSONValue?) throws(TrustError) -> [KeyThumbprint: PublicJWK] {
        guard let list = value?.array, (1...keyLimit).contains(list.count) else {
            throw invalid("keys must be an array of 1 to \(keyLimit) keys")
        }
        var keys: [KeyThumbprint: PublicJWK] = [:]
        for (index, value) in list.enumerated() {
            guard let key = PublicJWK(value) else {
                throw invalid("keys[\(index)] must be a public key: EC on P-256, or OKP with Ed25519")
            }
            keys[key.thumbprint] = key
        }
        return keys
    }

    private static func legacyKey(_ value: JSONValue?) throws(TrustError) -> LegacyKey? {
        guard let value else { return nil }
        guard let key = value.string.flatMap({ LegacyKey($0) }) else {
            throw invalid("legacy_key must be the base64 of an RSA key's SubjectPublicKeyInfo, of 2048 bits or more")
        }
        return key
    }

    private static func text(_ value: JSONValue?, _ field: String) throws(TrustError) -> String? {
        guard let value else { return nil }
        guard let text = value.string, DisplayText.lengths.contains(text.unicodeScalars.count),
            DisplayText.isHarmless(text)
        else { throw invalid("\(field) must be a plain text of 1 to \(DisplayText.lengths.upperBound) characters") }
        return text
    }

    private static func thumbprints(
        _ value: JSONValue?, _ field: String, atMost limit: Int = keyLimit
    ) throws(TrustError) -> [KeyThumbprint] {
        guard let value else { return [] }
        guard let strings = value.strings, strings.count <= limit else {
            throw invalid("\(field) must be an array of at most \(limit) key thumbprints")
        }
        let thumbprints = strings.compactMap(KeyThumbprint.init)
        guard thumbprints.count == strings.count else { throw invalid("\(field) must hold key thumbprints") }
        return thumbprints
    }

    private static func origins(_ value: JSONValue?, _ field: String) throws(TrustError) -> [SiteOrigin]? {
        guard let value else { return nil }
        guard let strings = value.strings, strings.count <= 32 else {
            throw invalid("\(field) must be an array of at most 32 origins")
        }
        let origins = strings.compactMap { SiteOrigin($0) }
        guard origins.count == strings.count else {
            throw invalid("\(field) must hold origins such as https://a.example")
        }
        return origins
    }
}
