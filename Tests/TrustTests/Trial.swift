import Addresses
import FoundationEssentials
import SystemPackage
import Testing

@testable import Trust

/// A site with a key, and a book that judges it: what most of these tests need.
struct Trial {
    let site: SiteOrigin
    let source: SecureURL
    var key: SigningKey
    var book: TrustBook
    var now = Date(timeIntervalSince1970: 1_790_000_000)
    var issuedAgo = 0
    var life = 300
    /// Members that replace those of the payload, as JSON texts; an empty text removes one.
    var members: [String: String] = [:]
    var documentMembers: [String: String] = [:]
    var type = "lodger+jws"
    let nonce = "the-nonce"

    /// Runs a test with a folder of its own.
    static func run(_ body: (inout Trial) throws -> Void) throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        // What stays in a temporary folder is no failure of what is tested.
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        var trial = try Trial(folder: folder)
        try body(&trial)
    }

    private init(folder: FilePath) throws {
        site = try #require(SiteOrigin("https://project.example"))
        source = SecureURL(origin: site, path: "/vm.jws")
        key = try SigningKey(generating: .ed25519)
        book = try TrustBook(folder: folder, registrableDomain: { $0 }, developmentSites: false)
    }

    /// The file as the site serves it.
    func file() throws -> [UInt8] {
        let issued = Int(now.timeIntervalSince1970) - issuedAgo
        var payload = [
            "iss": "\"\(site)\"", "aud": "\"lodger\"", "iat": "\(issued)", "exp": "\(issued + life)",
            "nonce": "\"\(nonce)\"", "name": "\"Demo\"", "vm": #"{"cpus":1,"memory":256}"#,
            "disks": """
            [{"url":"https://images.example/a.qcow2","sha256":"\(String(repeating: "a", count: 64))","size":1000,
            "format":"qcow2","capacity":100000}]
            """,
        ]
        payload.merge(members) { _, new in new }
        let text = payload.filter { !$0.value.isEmpty }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return Array(try key.sign(Array("{\(text)}".utf8), type: type).utf8)
    }

    func document() -> [UInt8] {
        var document = [
            "version": "1", "expires": "\(Int(now.timeIntervalSince1970) + 86400)", "keys": "[\(key.publicKey.json)]",
        ]
        document.merge(documentMembers) { _, new in new }
        let text = document.filter { !$0.value.isEmpty }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return Array("{\(text)}".utf8)
    }

    mutating func assess(reachable: Bool = true) throws -> Assessment {
        let file = try file()
        return try book.assess(
            file, from: source, of: site, nonce: nonce, document: reachable ? document() : nil, now: now)
    }

    /// The owner says yes.
    @discardableResult
    mutating func accept(remember: Bool = true) throws -> Assessment {
        let assessment = try assess()
        try book.accept(assessment, remember: remember, now: now)
        return assessment
    }

    func quoted(_ key: SigningKey) -> String { "\"\(key.publicKey.thumbprint)\"" }
}
