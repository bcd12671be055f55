package import Addresses
package import FoundationEssentials
import MachineConfig
import Storage
import StrictJSON

/// What is remembered of a site whose key the owner once accepted.
package struct Publisher: Record, Hashable {
    package let site: SiteOrigin
    /// The accepted keys as JWK texts, so that they work while the site's document cannot be fetched.
    private(set) var keys: [KeyThumbprint: String]
    /// The accepted key of older configurations; `nil` as soon as the site has shown another kind.
    private(set) var legacyKey: String?
    /// Keys that the site announced.
    private(set) var next: Set<KeyThumbprint>
    private(set) var revoked: Set<KeyThumbprint>
    private(set) var configurations: Set<SiteOrigin>
    /// `nil` where the site does not say.
    private(set) var images: Set<SiteOrigin>?
    package let firstSeen: Date
    /// When its document was last fetched.
    private(set) var refreshed: Date
    /// The highest number of each numbered configuration, by name.
    private(set) var versions: [String: Int64]
    /// What the site knows this computer by.
    package let pseudonym: String

    package var identifier: String { Self.identifier(of: site) }

    /// A document older than this makes the owner be asked again, in seconds.
    private static let documentLife: TimeInterval = 30 * 86400
    /// More keys than an honest site takes back in years.
    private static let revokedLimit = 1024

    /// A name for a file, whatever the site is called.
    static func identifier(of site: SiteOrigin) -> String {
        SHA256Digest(hashing: Array(site.description.utf8)).description
    }

    /// The site as it is accepted now.
    init(accepting key: PublicJWK, of site: SiteOrigin, as document: SiteDocument, pseudonym: String, now: Date) {
        self.site = site
        self.pseudonym = pseudonym
        // All of them are the site's own at this moment, whichever of them it used.
        keys = document.keys.mapValues(\.json)
        keys[key.thumbprint] = key.json
        next = document.next
        revoked = []
        configurations = document.configurations
        images = document.images
        versions = [:]
        firstSeen = now
        refreshed = now
        revoke(document.revoked)
    }

    /// The site as it is accepted now, by the key of its older configurations; `document` is there where it has one.
    init(
        accepting key: LegacyKey, of site: SiteOrigin, as document: SiteDocument?, pseudonym: String, now: Date
    ) {
        self.site = site
        self.pseudonym = pseudonym
        keys = [:]
        next = []
        revoked = []
        configurations = []
        images = nil
        versions = [:]
        firstSeen = now
        refreshed = now
        refresh(with: key, document: document, now: now)
    }

    /// The accepted key of that thumbprint.
    func key(_ thumbprint: KeyThumbprint) -> PublicJWK? {
        guard let text = keys[thumbprint] else { return nil }
        // What we wrote ourselves decodes, or the record was tampered with and the key is worth nothing.
        return (try? JSONValue(parsing: Array(text.utf8))).flatMap(PublicJWK.init)
    }

    func isStale(now: Date) -> Bool { now.timeIntervalSince(refreshed) > Self.documentLife }

    /// Who signs with this key, going by what was accepted before.
    func identity(of key: PublicJWK, document: SiteDocument?) -> PublisherIdentity {
        let thumbprint = key.thumbprint
        if isAccepted(thumbprint, beside: document) { return .known(thumbprint, since: firstSeen) }
        return .changed(from: keys.keys.min { $0.description < $1.description } ?? thumbprint, to: thumbprint)
    }

    /// Who signs with this key of the older kind, going by what was accepted before.
    func identity(of key: LegacyKey) -> PublisherIdentity {
        if legacyKey == key.text { return .known(key.thumbprint, since: firstSeen) }
        return .changed(from: legacyKey.flatMap { LegacyKey($0) }?.thumbprint ?? key.thumbprint, to: key.thumbprint)
    }

    /// Whether the key was accepted, announced, or signed for by one that was.
    private func isAccepted(_ thumbprint: KeyThumbprint, beside document: SiteDocument?) -> Bool {
        !revoked.contains(thumbprint)
            && (keys[thumbprint] != nil || next.contains(thumbprint) || vouches(for: thumbprint, in: document))
    }

    /// Whether an accepted key that was not taken back has signed for the new one.
    private func vouches(for thumbprint: KeyThumbprint, in document: SiteDocument?) -> Bool {
        guard let document else { return false }
        return document.rotation.contains { statement in
            // A statement that is not right vouches for nothing.
            guard let jws = try? CompactJWS(statement), jws.type == "lodger-rotation+jws",
                !revoked.contains(jws.key), !document.revoked.contains(jws.key), let old = key(jws.key),
                (try? jws.verify(with: old)) != nil,
                let members = (try? JSONValue(parsing: jws.payload))?.object
            else { return false }
            return members["iss"]?.string == site.description
                && members["keys"]?.strings?.contains(thumbprint.description) == true
        }
    }

    // MARK: Changes

    mutating func revoke(_ thumbprints: Set<KeyThumbprint>) {
        revoked.formUnion(thumbprints)
        for thumbprint in thumbprints { keys[thumbprint] = nil }
        next.subtract(thumbprints)
        guard revoked.count > Self.revokedLimit else { return }
        // A site must not fill the disk with what it takes back. What is forgotten here cannot come back unnoticed: with no
        // accepted key left, whatever signs next is another key, which the owner is asked about.
        revoked = []
        keys = [:]
        next = []
    }

    /// Keeps what was learnt while this was decided: what is taken back stays so, and numbers never fall.
    mutating func join(_ current: Publisher) {
        revoke(current.revoked)
        guard current.firstSeen == firstSeen else { return }
        versions.merge(current.versions) { max($0, $1) }
    }

    /// Takes over what the site says by now, after one of its keys was found good.
    mutating func refresh(with key: PublicJWK, document: SiteDocument, now: Date) {
        // Keys that the site no longer lists are not accepted for ever; those that it brought in as it should are, used or not,
        // because the announcement itself may be gone tomorrow.
        let accepted = document.keys.filter { isAccepted($0.key, beside: document) }
        keys = accepted.mapValues(\.json)
        keys[key.thumbprint] = key.json
        legacyKey = nil
        take(document, now: now)
    }

    /// The same after the site's key of older configurations was found good.
    mutating func refresh(with key: LegacyKey, document: SiteDocument?, now: Date) {
        legacyKey = key.text
        refreshed = now
        guard let document else { return }
        // Newer keys beside it are the site's own, so that it can move on without a warning.
        keys = document.keys.mapValues(\.json)
        take(document, now: now)
    }

    private mutating func take(_ document: SiteDocument, now: Date) {
        next = document.next
        configurations = document.configurations
        images = document.images
        refreshed = now
        revoke(document.revoked)
    }

    mutating func note(version: Int64, of name: String) { versions[name] = max(versions[name] ?? version, version) }
}
