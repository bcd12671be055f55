package import Addresses
package import FoundationEssentials
import MachineConfig

extension TrustBook {
    /// What a configuration of the site is asked for with.
    package mutating func challenge(
        to site: SiteOrigin, in format: ConfigurationFormat = .jws
    ) -> Challenge {
        Challenge(to: site, knowing: pseudonym(of: site), in: format)
    }

    /// Checks a configuration in the form that was asked for.
    ///
    /// `sizes` holds what was found out of files whose size the configuration leaves open.
    package mutating func assess(
        _ bytes: [UInt8], answering challenge: Challenge, from source: SecureURL, of site: SiteOrigin,
        document: [UInt8]?, sizes: [SecureURL: Int64], now: Date
    ) throws(TrustError) -> Assessment {
        switch challenge.format {
        case .jws:
            try assess(bytes, from: source, of: site, nonce: challenge.nonce, document: document, now: now)
        case .vmcp:
            try assess(
                vmcp: bytes, salt: challenge.nonce, from: source, of: site, document: document, sizes: sizes, now: now)
        }
    }

    /// A site that has shown a newer key, or whose document names nothing but such keys, is past the older form.
    private mutating func assess(
        vmcp bytes: [UInt8], salt: String, from source: SecureURL, of site: SiteOrigin, document: [UInt8]?,
        sizes: [SecureURL: Int64], now: Date
    ) throws(TrustError) -> Assessment {
        let publisher = publishers[site]
        if let publisher, publisher.legacyKey == nil { throw .downgrade }
        let parsed = try document.map { bytes throws(TrustError) in try SiteDocument(parsing: bytes) }
        if let parsed, parsed.legacyKey == nil { throw .downgrade }
        guard let key = parsed?.legacyKey ?? keyring.key(of: site) else { throw .keyUnknown }
        if publisher?.revoked.contains(key.thumbprint) == true { throw .keyRevoked }
        let current = try document.map { bytes throws(TrustError) in
            try usable(bytes, revoking: key.thumbprint, now: now)
        }
        let expected = Expectation(
            site: site, nonce: salt, seen: [:], now: now, developmentSites: developmentSites)
        let verified = try VMCPDocument(bytes).verified(
            with: key, against: expected, under: vmcp, sizes: sizes, digest: SHA256Digest(hashing: bytes))
        let listed = current?.configurations ?? publisher?.configurations ?? []
        guard source.origin == site || listed.contains(source.origin) else { throw .endpointNotListed }
        try Self.checkImages(of: verified, listed: current == nil ? publisher?.images : current?.images)
        return assessment(verified, by: key, publisher: publisher, document: current, now: now)
    }

    private mutating func assessment(
        _ verified: VerifiedConfiguration, by key: LegacyKey, publisher: Publisher?, document: SiteDocument?, now: Date
    ) -> Assessment {
        let identity = publisher?.identity(of: key) ?? .firstTime(key.thumbprint)
        guard case .known = identity, var known = publisher else {
            var renewed = Publisher(
                accepting: key, of: verified.site, as: document, pseudonym: pseudonym(of: verified.site), now: now)
            if let publisher { renewed.revoke(publisher.revoked) }
            return Assessment(
                verified: verified, identity: identity, mustAsk: true, mayRemember: true, publisher: renewed)
        }
        known.refresh(with: key, document: document, now: now)
        return Assessment(verified: verified, identity: identity, mustAsk: false, mayRemember: true, publisher: known)
    }
}
