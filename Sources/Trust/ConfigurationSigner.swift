package import Addresses
package import FoundationEssentials
package import MachineConfig
package import OpenSSL
import StrictJSON

/// Signs configurations for a site's owner, and refuses to sign one that no daemon would take.
package struct ConfigurationSigner: Sendable {
    package enum Freshness: Sendable, Hashable {
        /// For one request of one daemon: good for ten minutes.
        case nonce(String)
        /// For a file on a web server; the life in seconds is at most 90 days.
        case numbered(Int64, life: Int64)
    }

    package enum Failure: Error, Sendable {
        /// The text is not JSON; the sentence says where.
        case notJSON(String)
        case configuration(ConfigurationFault)
        case openSSL(OpenSSLError)
    }

    private let key: SigningKey
    private let site: SiteOrigin

    package init(key: SigningKey, site: SiteOrigin) {
        self.key = key
        self.site = site
    }

    /// Adds the envelope to a configuration and signs it.
    package func sign(_ configuration: [UInt8], _ freshness: Freshness, now: Date) throws(Failure) -> String {
        let members = try checked(configuration)
        let issued = Int64(now.timeIntervalSince1970)
        var envelope = #""iss":"\#(site)","aud":"lodger","iat":\#(issued)"#
        switch freshness {
        case .nonce(let nonce):
            guard let nonce = Self.quoted(nonce) else {
                throw .configuration(
                    ConfigurationFault(
                        field: "nonce", reason: "must be letters, digits, - and _, as the daemon sends it"))
            }
            envelope += #","exp":\#(issued + 600),"nonce":\#(nonce)"#
        case .numbered(let version, let life):
            guard version >= 0 else {
                throw .configuration(ConfigurationFault(field: "version", reason: "must be a whole number from 0 on"))
            }
            guard (1...90 * 86400).contains(life) else {
                throw .configuration(ConfigurationFault(field: "expires", reason: "must be 1 to 90 days"))
            }
            envelope += #","exp":\#(issued + life),"version":\#(version)"#
        }
        // The owner's own text follows the envelope as it stands, so that nothing is lost by writing it anew.
        let payload = Array("{\(envelope),".utf8) + members
        let file: String
        do {
            file = try key.sign(payload, type: "lodger+jws")
        } catch {
            throw .openSSL(error)
        }
        guard file.utf8.count <= CompactJWS.sizeLimit else {
            throw .configuration(ConfigurationFault(field: "document", reason: "must be under 256 KiB when signed"))
        }
        return file
    }

    /// What follows the opening brace of a configuration that is valid.
    private func checked(_ text: [UInt8]) throws(Failure) -> ArraySlice<UInt8> {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw .notJSON("\(error)")
        }
        for name in ["iss", "aud", "iat", "exp", "nonce", "version"] where value.object?[name] != nil {
            throw .configuration(ConfigurationFault(field: name, reason: "must not be there: signing adds it"))
        }
        do {
            _ = try MachineConfiguration(decoding: value, developmentSites: site.isDevelopmentSite)
        } catch {
            throw .configuration(error)
        }
        guard let brace = text.firstIndex(of: UInt8(ascii: "{")) else { throw .notJSON("it is not an object") }
        return text[(brace + 1)...]
    }

    /// A nonce as JSON text; `nil` where it is not what a daemon sends.
    private static func quoted(_ nonce: String) -> String? {
        guard (1...128).contains(nonce.utf8.count), nonce.utf8.allSatisfy(isNonce) else { return nil }
        return "\"\(nonce)\""
    }

    private static func isNonce(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
            || byte == 0x5F
    }
}

/// What a site's owner learns of a signed file.
package struct SignedFileReport: Sendable {
    package let verified: VerifiedConfiguration
    package let expires: Date

    /// Checks a signed file as a daemon would that knows nothing of the site yet.
    ///
    /// `nonce` is what a dynamic one must repeat; without it, what the file says is taken.
    package init(
        checking file: [UInt8], document: [UInt8], site: SiteOrigin, nonce: String?, now: Date
    ) throws(TrustError) {
        let jws = try CompactJWS(file)
        let document = try SiteDocument(parsing: document)
        if document.revoked.contains(jws.key) { throw .keyRevoked }
        guard document.expires > now else { throw .siteDocumentExpired }
        guard let key = document.keys[jws.key] else { throw .keyUnknown }
        try jws.verify(with: key)
        // Read only after the signature was found good.
        let members = (try? JSONValue(parsing: jws.payload))?.object
        let expected = Expectation(
            site: site, nonce: nonce ?? members?["nonce"]?.string ?? "", seen: [:], now: now,
            developmentSites: site.isDevelopmentSite)
        verified = try jws.verified(with: key, against: expected)
        expires = Date(timeIntervalSince1970: TimeInterval(members?["exp"]?.integer ?? 0))
    }
}
