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
    /// Keys that the site announced.
    private(set) var next: Set<KeyThumbprint>
    private(set) var revoked: Set<KeyThumbprint>
    private(set) var configurations: Set<SiteOrigin>
    package let firstSeen: Date
    /// When its document was last fetched.
    private(set) var refreshed: Date
    /// The highest number of a numbered configuration.
    private(set) var version: Int64?
    /// What the site knows this computer by.
    package let pseudonym: String

    package var identifier: String { Self.identifier(of: site) }

    /// A document older than this makes the owner be asked again, in seconds.
    private static let documentLife: TimeInterval = 30 * 86400

    /// A name for a file, whatever the site is called.
    static func identifier(of site: SiteOrigin) -> String {
        SHA256Digest(hashing: Array(site.description.utf8)).description
    }

    /// The site as it is accepted now.
    init(accepting key: PublicJWK, of site: SiteOrigin, as document: SiteDocument, pseudonym: String, now: Date) {
        self.site = site
        self.pseudonym = pseudonym
        keys = [key.thumbprint: key.json]
        next = document.next
        revoked = document.revoked
        configurations = document.configurations
        firstSeen = now
        refreshed = now
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
        if keys[thumbprint] != nil || next.contains(thumbprint) || vouches(for: thumbprint, in: document) {
            return .known(thumbprint, since: firstSeen)
        }
        return .changed(from: keys.keys.min { $0.description < $1.description } ?? thumbprint, to: thumbprint)
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
    }

    /// Takes over what the site says by now, after one of its keys was found good.
    mutating func refresh(with key: PublicJWK, document: SiteDocument, now: Date) {
        revoke(document.revoked)
        // Keys that the site no longer lists are not accepted for ever.
        keys = keys.filter { document.keys[$0.key] != nil }
        keys[key.thumbprint] = key.json
        next = document.next
        configurations = document.configurations
        refreshed = now
    }

    mutating func note(version: Int64) { self.version = max(self.version ?? version, version) }
}
