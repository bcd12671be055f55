import Addresses
import FoundationEssentials
import MachineConfig
import OpenSSL
import SystemPackage
import Testing

@testable import Trust

/// A site with an older key, the keyring that names it, and a book that judges it.
struct VMCPTrial {
    let site: SiteOrigin
    let source: SecureURL
    let root: PrivateKey
    let keyring: LegacyKeyring
    var key: PrivateKey
    var book: TrustBook
    var now = Date(timeIntervalSince1970: 1_790_000_000)
    /// As JSON texts; an empty text removes one.
    var members = [
        "name": "\"Demo\"", "secret": "\"s3cret\"", "cernvmVersion": "\"1.17-11\"", "flags": "1",
        "userData": "\"[amiconfig]\\n\"",
    ]
    /// What is signed in the place of the members.
    var signed: [String: String]?
    var documentMembers: [String: String] = [:]
    var sizes: [SecureURL: Int64]

    static let disc =
        "https://images.example/ucernvm-images.1.17-11.cernvm.x86_64/ucernvm-prod.1.17-11.cernvm.x86_64.iso"
    static let rules = VMCPRules(
        images: SecureURL("https://images.example/"),
        checksums: Dictionary(
            uniqueKeysWithValues: ["1.9-2", "1.17-11", "1.17-8"].compactMap { version in
                SHA256Digest(String(repeating: "a", count: 64)).map {
                    ("ucernvm-prod.\(version).cernvm.x86_64.iso", $0)
                }
            }))

    /// Runs a test with a folder of its own.
    static func run(_ body: (inout VMCPTrial) throws -> Void) throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        // What stays in a temporary folder is no failure of what is tested.
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        var trial = try VMCPTrial(folder: folder)
        try body(&trial)
    }

    private init(folder: FilePath) throws {
        site = try #require(SiteOrigin("https://project.example"))
        source = SecureURL(origin: site, path: "/vmcp")
        key = try Self.siteKey.get()
        root = try Self.rootKey.get()
        keyring = try #require(LegacyKeyring(root: Self.text(of: root)))
        book = try TrustBook(
            folder: folder, registrableDomain: { $0 }, developmentSites: false, keyring: keyring, vmcp: Self.rules)
        sizes = [try #require(SecureURL(Self.disc)): 1000]
        try publish(["project.example": key])
    }

    /// Made once: it takes a processor for long.
    private static let siteKey = Result { try PrivateKey.generateRSA() }
    private static let rootKey = Result { try PrivateKey.generateRSA() }

    /// The base64 of a key's SubjectPublicKeyInfo.
    static func text(of key: PrivateKey) -> String {
        let text = Base64URL.encode(key.publicKey.subjectPublicKeyInfo)
        return text.replacing("-", with: "+").replacing("_", with: "/")
            + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }

    /// A list of keys replaces the one before.
    func publish(_ keys: [String: PrivateKey]) throws {
        let list = Array(keys.map { "\($0.key)=\(Self.text(of: $0.value))\n" }.joined().utf8)
        try keyring.replace(list: list, signature: try root.sign(list))
    }

    func file(answering challenge: Challenge) throws -> [UInt8] {
        let present = members.filter { !$0.value.isEmpty }
        let body = present.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        let plain =
            signed
            ?? present.mapValues { text in
                text.hasPrefix("\"") ? String(text.dropFirst().dropLast()).replacing("\\n", with: "\n") : text
            }
        let canonical = VMCPDocument.canonical(plain, salt: challenge.nonce)
        let signature = Base64URL.encode(try key.sign(canonical)).replacing("-", with: "+").replacing("_", with: "/")
        return Array("{\(body),\"signature\":\"\(signature)==\"}".utf8)
    }

    func document() -> [UInt8]? {
        guard !documentMembers.isEmpty else { return nil }
        var document = ["version": "1", "expires": "\(Int(now.timeIntervalSince1970) + 86400)"]
        document.merge(documentMembers) { _, new in new }
        return Array("{\(document.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}".utf8)
    }

    mutating func assess() throws -> Assessment {
        let challenge = book.challenge(to: site, in: .vmcp)
        let file = try file(answering: challenge)
        return try book.assess(
            file, answering: challenge, from: source, of: site, document: document(), sizes: sizes, now: now)
    }

    /// The owner says yes.
    @discardableResult
    mutating func accept() throws -> Assessment {
        let assessment = try assess()
        try book.accept(assessment, remember: true, now: now)
        return assessment
    }

    /// What a member is refused for.
    mutating func fault(of field: String, _ value: String) -> String? {
        members[field] = value
        do {
            _ = try assess()
        } catch TrustError.configuration(let fault) {
            return fault.field
        } catch {
            return "\(error)"
        }
        return nil
    }
}
