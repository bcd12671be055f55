package import Addresses
package import FoundationEssentials
import MachineConfig
package import Storage
package import SystemPackage

/// Whom the owner trusts, with what: publishers, grants, blocked sites, and who must wait after a no.
///
/// Read once; every change is on disk before it is in memory. Its holder keeps it to one task at a time.
package struct TrustBook: Sendable {
    private let publisherFolder: RecordFolder<Publisher>
    private let grantFolder: RecordFolder<Grant>
    private let blockedFolder: RecordFolder<BlockedSite>
    private let penaltyFolder: RecordFolder<Penalty>
    private let registrableDomain: @Sendable (String) -> String
    let developmentSites: Bool
    /// Keys of sites whose configurations come in the older form.
    let keyring: LegacyKeyring
    let vmcp: VMCPRules

    private(set) var publishers: [SiteOrigin: Publisher]
    private var grantsByName: [String: Grant]
    private var blocked: Set<SiteOrigin>
    /// Sites whose block cannot be read any more, by the names of their files: damage must not let anybody in.
    private var blockedUnread: Set<String>
    private var penalties: [String: Penalty]
    /// Pseudonyms for sites that are not accepted yet: the same while this daemon runs, and then forgotten.
    private var passingPseudonyms: [SiteOrigin: String] = [:]
    /// A page can have as many origins as its domain has names.
    private static let passingLimit = 1024
    /// Files that could not be read and were set aside just now.
    package let setAside: [SetAside]

    /// Reads what was kept; `registrableDomain` maps a host to the domain that its owner registered.
    package init(
        folder: FilePath, registrableDomain: @escaping @Sendable (String) -> String, developmentSites: Bool,
        keyring: LegacyKeyring = LegacyKeyring(), vmcp: VMCPRules = VMCPRules()
    ) throws(StorageError) {
        publisherFolder = RecordFolder(folder.appending("publishers"))
        grantFolder = RecordFolder(folder.appending("grants"))
        blockedFolder = RecordFolder(folder.appending("blocked"), loss: .dangerous)
        penaltyFolder = RecordFolder(folder.appending("penalties"))
        self.registrableDomain = registrableDomain
        self.developmentSites = developmentSites
        self.keyring = keyring
        self.vmcp = vmcp
        let publishers = try publisherFolder.load()
        let grants = try grantFolder.load()
        let blocked = try blockedFolder.load()
        let penalties = try penaltyFolder.load()
        self.publishers = Dictionary(publishers.records.map { ($0.site, $0) }) { first, _ in first }
        grantsByName = Dictionary(grants.records.map { ($0.identifier, $0) }) { first, _ in first }
        self.blocked = Set(blocked.records.map(\.site))
        blockedUnread = blocked.lost
        self.penalties = Dictionary(penalties.records.map { ($0.domain, $0) }) { first, _ in first }
        setAside = publishers.setAside + grants.setAside + blocked.setAside + penalties.setAside
    }

    // MARK: Sites

    package func isBlocked(_ site: SiteOrigin) -> Bool {
        blocked.contains(site) || blockedUnread.contains(BlockedSite(site: site).identifier)
    }

    package func blockedSites() -> [SiteOrigin] { blocked.sorted { $0.description < $1.description } }

    /// What the site knows this computer by: random, and another for each site.
    package mutating func pseudonym(of site: SiteOrigin) -> String {
        if let publisher = publishers[site] { return publisher.pseudonym }
        if let pseudonym = passingPseudonyms[site] { return pseudonym }
        let pseudonym = Secret.text()
        if passingPseudonyms.count >= Self.passingLimit { passingPseudonyms = [:] }
        passingPseudonyms[site] = pseudonym
        return pseudonym
    }

    /// Drops all that the site was granted and what it is known by, and does not ask about it any more.
    package mutating func block(_ site: SiteOrigin) throws(StorageError) {
        try blockedFolder.save(BlockedSite(site: site))
        blocked.insert(site)
        try revoke(site)
    }

    package mutating func unblock(_ site: SiteOrigin) throws(StorageError) {
        let identifier = BlockedSite(site: site).identifier
        try blockedFolder.remove(identifier)
        blocked.remove(site)
        blockedUnread.remove(identifier)
    }

    /// Drops all that the site was granted and what it is known by.
    package mutating func revoke(_ site: SiteOrigin) throws(StorageError) {
        try dropGrants(of: site)
        try publisherFolder.remove(Publisher.identifier(of: site))
        publishers[site] = nil
        passingPseudonyms[site] = nil
    }

    // MARK: After a no

    /// The seconds that the site's domain must still wait.
    package func coolDown(of site: SiteOrigin, now: Date) -> Int? {
        penalties[registrableDomain(site.host)]?.remaining(now: now)
    }

    package mutating func noteDenial(of site: SiteOrigin, now: Date) throws(StorageError) {
        let domain = registrableDomain(site.host)
        var penalty = penalties[domain] ?? Penalty(domain: domain, now: now)
        penalty.deny(now: now)
        try penaltyFolder.save(penalty)
        penalties[domain] = penalty
    }

    private mutating func forgive(_ site: SiteOrigin) throws(StorageError) {
        guard let penalty = penalties[registrableDomain(site.host)] else { return }
        try penaltyFolder.remove(penalty.identifier)
        penalties[penalty.domain] = nil
    }

    // MARK: Grants

    package func grants() -> [Grant] {
        grantsByName.values.sorted {
            ($0.site.description, $0.configuration.name) < ($1.site.description, $1.configuration.name)
        }
    }

    /// Whether a yes that was kept covers it.
    package func covers(_ verified: VerifiedConfiguration, now: Date) -> Bool {
        grantsByName.values.contains { $0.covers(verified, now: now) }
    }

    private mutating func dropGrants(of site: SiteOrigin) throws(StorageError) {
        for grant in grantsByName.values where grant.site == site {
            try grantFolder.remove(grant.identifier)
            grantsByName[grant.identifier] = nil
        }
    }

    // MARK: Configurations

    /// Writes down what a site takes back, even where the rest of its document is of no use.
    package mutating func noteRevocations(in document: [UInt8], of site: SiteOrigin) throws(StorageError) {
        let revoked = SiteDocument.revoked(in: document)
        guard var publisher = publishers[site], !revoked.isSubset(of: publisher.revoked) else { return }
        publisher.revoke(revoked)
        try save(publisher)
    }

    /// Whether a configuration of the site may be fetched from there at all: its own origin, or one that it lists.
    package func admits(_ source: SecureURL, of site: SiteOrigin, document: [UInt8]?) -> Bool {
        // A document of no use lists nothing; why it is of no use is told when the configuration is checked.
        let listed = document.map { (try? SiteDocument(parsing: $0))?.configurations ?? [] }
        return source.origin == site || (listed ?? publishers[site]?.configurations ?? []).contains(source.origin)
    }

    /// Checks a configuration as it came: size, header, key, signature, sender, age, content.
    ///
    /// `document` is the site's own, or `nil` where it could not be fetched: then only an accepted key is good.
    package mutating func assess(
        _ bytes: [UInt8], from source: SecureURL, of site: SiteOrigin, nonce: String, document: [UInt8]?, now: Date
    ) throws(TrustError) -> Assessment {
        let jws = try CompactJWS(bytes)
        let publisher = publishers[site]
        if publisher?.revoked.contains(jws.key) == true { throw .keyRevoked }
        let document = try document.map { bytes throws(TrustError) in try usable(bytes, revoking: jws.key, now: now) }
        guard let key = document?.keys[jws.key] ?? (document == nil ? publisher?.key(jws.key) : nil) else {
            throw .keyUnknown
        }
        let expected = Expectation(
            site: site, nonce: nonce, seen: publisher?.versions ?? [:], now: now, developmentSites: developmentSites)
        let verified = try jws.verified(with: key, against: expected)
        let listed = document?.configurations ?? publisher?.configurations ?? []
        guard source.origin == site || listed.contains(source.origin) else { throw .endpointNotListed }
        try Self.checkImages(of: verified, listed: document == nil ? publisher?.images : document?.images)
        return assessment(verified, by: key, publisher: publisher, document: document, now: now)
    }

    func usable(
        _ bytes: [UInt8], revoking key: KeyThumbprint, now: Date
    ) throws(TrustError) -> SiteDocument {
        // First: it counts even where nothing else is right.
        if SiteDocument.revoked(in: bytes).contains(key) { throw .keyRevoked }
        let document = try SiteDocument(parsing: bytes)
        guard document.expires > now else { throw .siteDocumentExpired }
        return document
    }

    static func checkImages(
        of verified: VerifiedConfiguration, listed: Set<SiteOrigin>?
    ) throws(TrustError) {
        guard let listed else { return }
        for image in verified.configuration.images
        where image.url.origin != verified.site && !listed.contains(image.url.origin) {
            throw .configuration(
                ConfigurationFault(
                    field: "images", reason: "\(image.url.origin) must be in the list of images of the site's document")
            )
        }
    }

    private mutating func assessment(
        _ verified: VerifiedConfiguration, by key: PublicJWK, publisher: Publisher?, document: SiteDocument?, now: Date
    ) -> Assessment {
        let identity = publisher?.identity(of: key, document: document) ?? .firstTime(key.thumbprint)
        let isKnown = if case .known = identity { true } else { false }
        var renewed: Publisher?
        if isKnown {
            renewed = publisher
            if let document { renewed?.refresh(with: key, document: document, now: now) }
        } else if let document {
            renewed = Publisher(
                accepting: key, of: verified.site, as: document, pseudonym: pseudonym(of: verified.site), now: now)
            if let publisher { renewed?.revoke(publisher.revoked) }
        }
        var isNewNumber = false
        if case .numbered(let version) = verified.freshness {
            let name = verified.configuration.name
            isNewNumber = publisher?.versions[name] != version
            renewed?.note(version: version, of: name)
        }
        let isStale = document == nil && (publisher?.isStale(now: now) ?? true)
        return Assessment(
            verified: verified, identity: identity, mustAsk: !isKnown || isStale || isNewNumber,
            mayRemember: document != nil, publisher: renewed)
    }

    /// Writes down what a site says by now, where an earlier yes was enough.
    package mutating func note(_ assessment: Assessment) throws(StorageError) {
        guard var publisher = assessment.publisher else { return }
        if let current = publishers[publisher.site] { publisher.join(current) }
        try save(publisher)
    }

    /// Whether the site has taken the key back since the check: an owner may take minutes to decide.
    package func isRevoked(_ verified: VerifiedConfiguration) -> Bool {
        publishers[verified.site]?.revoked.contains(verified.key) == true
    }

    /// Writes down a yes: the key is accepted from now on, and what is to be remembered is.
    package mutating func accept(_ assessment: Assessment, remember: Bool, now: Date) throws(StorageError) {
        let site = assessment.verified.site
        if case .changed = assessment.identity { try dropGrants(of: site) }
        try note(assessment)
        try forgive(site)
        guard remember, !isRevoked(assessment.verified) else { return }
        let grant = Grant(assessment.verified, now: now)
        try grantFolder.save(grant)
        grantsByName[grant.identifier] = grant
    }

    private mutating func save(_ publisher: Publisher) throws(StorageError) {
        try publisherFolder.save(publisher)
        publishers[publisher.site] = publisher
        passingPseudonyms[publisher.site] = nil
    }
}
