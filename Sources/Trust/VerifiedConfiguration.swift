package import Addresses
package import FoundationEssentials
package import MachineConfig
import OpenSSL
import StrictJSON

/// A configuration whose signature, sender, age and content were checked; only the check makes one.
package struct VerifiedConfiguration: Sendable {
    package let configuration: MachineConfiguration
    package let site: SiteOrigin
    package let key: KeyThumbprint
    /// Of the bytes that came.
    package let digest: SHA256Digest
    package let freshness: Freshness
    /// What the configuration says in words of its own, where it came in the older form.
    package let vmcp: VMCP?
    /// What proves that a page was let in before, where the configuration itself carries it.
    package let token: TokenHash?

    package enum Freshness: Hashable, Sendable {
        /// Made for this request: it repeats our nonce.
        case dynamic
        /// A file that the site numbers.
        case numbered(Int64)
    }

    fileprivate init(
        configuration: MachineConfiguration, site: SiteOrigin, key: KeyThumbprint, digest: SHA256Digest,
        freshness: Freshness, vmcp: VMCP? = nil, token: TokenHash? = nil
    ) {
        self.configuration = configuration
        self.site = site
        self.key = key
        self.digest = digest
        self.freshness = freshness
        self.vmcp = vmcp
        self.token = token
    }
}

/// What a configuration is held against.
package struct Expectation: Sendable {
    package let site: SiteOrigin
    /// What a dynamic configuration must repeat.
    package let nonce: String
    /// The highest number seen of each of the site's numbered configurations, by name.
    package let seen: [String: Int64]
    package let now: Date
    /// Whether `http://localhost` addresses may stand in it.
    package let developmentSites: Bool

    package init(site: SiteOrigin, nonce: String, seen: [String: Int64], now: Date, developmentSites: Bool) {
        self.site = site
        self.nonce = nonce
        self.seen = seen
        self.now = now
        self.developmentSites = developmentSites
    }
}

extension CompactJWS {
    /// What a clock may be wrong, in seconds.
    private static let skew: Int64 = 300
    /// The longest life of a configuration made for one request, in seconds.
    private static let dynamicLife: Int64 = 600
    /// The longest life of a numbered file, in seconds.
    private static let numberedLife: Int64 = 90 * 86400
    private static let types: Set<String> = ["lodger+jws", "vmcp+jws"]

    /// Checks signature, then sender, then age, and decodes only then.
    func verified(with key: PublicJWK, against expected: Expectation) throws(TrustError) -> VerifiedConfiguration {
        try verify(with: key)
        guard Self.types.contains(type) else { throw .headerRefused("typ must be lodger+jws") }
        let members = try payloadMembers()
        guard members["iss"]?.string == expected.site.description else { throw .wrongIssuer }
        guard members["aud"]?.string == "lodger" else { throw .wrongAudience }
        let freshness = try freshness(of: members, against: expected)
        let configuration: MachineConfiguration
        do {
            configuration = try MachineConfiguration(
                decoding: .object(members), developmentSites: expected.developmentSites)
        } catch {
            throw .configuration(error)
        }
        return VerifiedConfiguration(
            configuration: configuration, site: expected.site, key: key.thumbprint,
            digest: SHA256Digest(hashing: payload),
            freshness: freshness)
    }

    private func payloadMembers() throws(TrustError) -> [String: JSONValue] {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: payload)
        } catch {
            throw .configuration(ConfigurationFault(field: "payload", reason: "must be JSON: \(error)"))
        }
        guard let members = value.object else {
            throw .configuration(ConfigurationFault(field: "payload", reason: "must be a JSON object"))
        }
        return members
    }

    private func freshness(
        of members: [String: JSONValue], against expected: Expectation
    ) throws(TrustError) -> VerifiedConfiguration.Freshness {
        guard let issued = members["iat"]?.integer, let expires = members["exp"]?.integer else {
            throw .configuration(
                ConfigurationFault(
                    field: members["iat"]?.integer == nil ? "iat" : "exp",
                    reason: "must be a time in seconds since 1970"))
        }
        let now = Int64(expected.now.timeIntervalSince1970)
        let freshness: VerifiedConfiguration.Freshness
        let life: Int64
        switch (members["nonce"], members["version"]) {
        case (let nonce?, nil):
            guard let nonce = nonce.string, !nonce.isEmpty,
                Randomness.equal(Array(nonce.utf8), Array(expected.nonce.utf8))
            else {
                throw .wrongNonce
            }
            freshness = .dynamic
            life = Self.dynamicLife
        case (nil, let version?):
            guard let version = version.integer, version >= 0 else {
                throw .configuration(ConfigurationFault(field: "version", reason: "must be a whole number from 0 on"))
            }
            // By the signed name: the address of an old file is anybody's choice.
            if let seen = members["name"]?.string.flatMap({ expected.seen[$0] }), version < seen {
                throw .rolledBack(seen: seen, got: version)
            }
            freshness = .numbered(version)
            life = Self.numberedLife
        case (nil, nil), (.some, .some):
            throw .configuration(
                ConfigurationFault(field: "nonce", reason: "must be there, or version in its place, and not both"))
        }
        // Differences that overflow come from times that no clock shows.
        guard (0...1 << 40).contains(issued), (0...1 << 40).contains(expires), (1...life).contains(expires - issued)
        else {
            throw .configuration(
                ConfigurationFault(field: "exp", reason: "must be after iat, by at most \(life) seconds"))
        }
        guard issued <= now + Self.skew else { throw .notYetValid }
        guard expires > now - Self.skew else { throw .expired }
        return freshness
    }
}

extension VMCPDocument {
    /// Checks the signature over the salt that was sent, and reads only then.
    ///
    /// Such a document names neither sender nor age: the salt is what ties it to this request, the key to the site.
    func verified(
        with key: LegacyKey, against expected: Expectation, under rules: VMCPRules, sizes: [SecureURL: Int64],
        digest: SHA256Digest
    ) throws(TrustError) -> VerifiedConfiguration {
        try verify(with: key, salt: expected.nonce)
        let vmcp: VMCP
        do {
            vmcp = try VMCP(members)
        } catch {
            throw .configuration(error)
        }
        let configuration = try vmcp.machine(under: rules, sizes: sizes)
        for image in configuration.images where image.url.origin.isDevelopmentSite && !expected.developmentSites {
            throw .configuration(ConfigurationFault(field: "diskURL", reason: "must be an https address"))
        }
        return VerifiedConfiguration(
            configuration: configuration, site: expected.site, key: key.thumbprint, digest: digest, freshness: .dynamic,
            vmcp: vmcp, token: TokenHash(of: "vmcp \(vmcp.name) \(members["secret"] ?? "")"))
    }
}

extension SHA256Digest {
    /// The digest of bytes.
    package init(hashing bytes: [UInt8]) {
        let text = Digest.sha256(bytes).map { byte in
            let hex = String(byte, radix: 16)
            return byte < 16 ? "0" + hex : hex
        }.joined()
        guard let digest = SHA256Digest(text) else { preconditionFailure("a digest in hexadecimal digits is one") }
        self = digest
    }
}
