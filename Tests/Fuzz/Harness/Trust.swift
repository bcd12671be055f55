import Addresses
import FoundationEssentials
import MachineConfig
import OpenSSL
import StrictJSON

@testable import Trust

/// What the Trust targets have in common: a site with two keys that everybody knows.
enum KnownSite {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let nonce = "c29tZS1ub25jZQ"

    /// PKCS #8 for Ed25519 (RFC 8410 §7), its key 32 times the letter L.
    static let modern = key(
        "PRIVATE KEY", [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20], [])
    /// An EC key on P-256 (RFC 5915), its number 32 times the letter L.
    static let common = key(
        "EC PRIVATE KEY", [0x30, 0x31, 2, 1, 1, 4, 0x20], [0xA0, 10, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7])

    static var site: SiteOrigin {
        guard let site = SiteOrigin("https://project.example") else { fatalError("no origin") }
        return site
    }

    static var document: String {
        #"{"version":1,"expires":1900000000,"keys":[\#(modern.publicKey.json),\#(common.publicKey.json)]}"#
    }

    private static func key(_ label: String, _ before: [UInt8], _ after: [UInt8]) -> SigningKey {
        let text = Data(before + [UInt8](repeating: UInt8(ascii: "L"), count: 32) + after).base64EncodedString()
        guard let key = SigningKey(pem: Array("-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n".utf8))
        else {
            fatalError("no key")
        }
        return key
    }
}

/// The signed form: one spelling of everything, and no signature but the site's own is taken.
@Sendable func fuzzJWS(_ bytes: [UInt8]) {
    if let decoded = Base64URL.decode(bytes) { demand(Array(Base64URL.encode(decoded).utf8) == bytes, "two spellings") }
    demand(Base64URL.decode(Base64URL.encode(bytes).utf8) == bytes, "base64url does not read back")
    guard let jws = try? CompactJWS(bytes) else { return }
    demand(["ES256", "Ed25519", "EdDSA"].contains(jws.algorithm), jws.algorithm)
    demand(bytes.count <= CompactJWS.sizeLimit, "too large")
    for key in [KnownSite.modern, KnownSite.common] where (try? jws.verify(with: key.publicKey)) != nil {
        demand(jws.key == key.publicKey.thumbprint, "another key's name")
        // Nobody else has the keys, and this is all that they were used for.
        demand(jws.payload == Array("lodging".utf8), "a forged signature")
    }
    let document = Array(KnownSite.document.utf8)
    _ = try? SignedFileReport(
        checking: bytes, document: document, site: KnownSite.site, nonce: nil, now: KnownSite.now)
}

/// What a site signs: only what is meant for this site, this request and this time is taken, within its limits.
@Sendable func fuzzConfigurations(_ bytes: [UInt8]) {
    guard bytes.count <= 64 << 10, let file = try? KnownSite.modern.sign(bytes, type: "lodger+jws"),
        let jws = try? CompactJWS(Array(file.utf8))
    else { fatalError("cannot sign") }
    let expected = Expectation(
        site: KnownSite.site, nonce: KnownSite.nonce, seen: ["A machine": 7], now: KnownSite.now,
        developmentSites: false)
    guard let verified = try? jws.verified(with: KnownSite.modern.publicKey, against: expected) else { return }
    guard let members = (try? JSONValue(parsing: bytes))?.object else { fatalError("no object") }
    demand(members["iss"]?.string == "https://project.example" && members["aud"]?.string == "lodger", "not for us")
    let (issued, expires) = (members["iat"]?.integer ?? 0, members["exp"]?.integer ?? 0)
    demand(issued <= 1_800_000_300 && expires > 1_799_999_700 && issued < expires, "out of its time")
    switch verified.freshness {
    case .dynamic: demand(members["nonce"]?.string == KnownSite.nonce && expires - issued <= 600, "not made for us")
    case .numbered(let number):
        demand(members["version"]?.integer == number && number >= 0, "another number")
        demand(verified.configuration.name != "A machine" || number >= 7, "an older file")
    }
    checkConfiguration(verified.configuration)
}

private func checkConfiguration(_ configuration: MachineConfiguration) {
    demand((1...60).contains(configuration.name.unicodeScalars.count), "a long name")
    demand((1...256).contains(configuration.cpus) && (16...1 << 20).contains(configuration.memory), "too large")
    demand(configuration.disks.count <= 8 && configuration.hosts.count <= 16 && configuration.ports.count <= 8, "many")
    demand(configuration.diskDemand > 0 && configuration.diskDemand <= 19 << 44, "more disk than there is")
    demand(configuration.images.allSatisfy { $0.url.origin.scheme == .https && $0.size > 0 }, "a wrong image")
    demand(Set(configuration.ports).count == configuration.ports.count && !configuration.ports.contains(0), "ports")
    demand(configuration.hosts.allSatisfy { !$0.ports.isEmpty && $0.name.contains(".") }, "a host without ports")
    demand(!configuration.internet || configuration.hosts.isEmpty, "hosts beside the whole internet")
    guard let written = try? JSONEncoder().encode(configuration) else { fatalError("it cannot be written") }
    let again = try? JSONDecoder().decode(MachineConfiguration.self, from: written)
    demand(again == configuration, "another configuration reads back")
}

/// What a site says of itself: every key is one that can check a signature, and what it takes back is seen in any case.
@Sendable func fuzzDocuments(_ bytes: [UInt8]) {
    let revoked = SiteDocument.revoked(in: bytes)
    guard let document = try? SiteDocument(parsing: bytes) else { return }
    demand(document.revoked == revoked, "revoked keys are overlooked")
    demand((document.legacyKey == nil ? 1...16 : 0...16).contains(document.keys.count), "no key, or too many")
    demand(document.next.count <= 16, "too many keys")
    demand(revoked.count <= 256 && document.configurations.count <= 32, "too long a list")
    demand((document.images?.count ?? 0) <= 32, "too long a list")
    for (thumbprint, key) in document.keys {
        demand(key.thumbprint == thumbprint, "a key under another name")
        let again = (try? JSONValue(parsing: Array(key.json.utf8))).flatMap { PublicJWK($0) }
        demand(again?.thumbprint == thumbprint, "another key reads back")
    }
}
