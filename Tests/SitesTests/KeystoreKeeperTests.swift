import Addresses
import FoundationEssentials
import HTTPSFixture
import Logging
import OpenSSL
import Storage
import SystemPackage
import Testing

@testable import Sites
@testable import Trust

/// The list of older sites' keys, as it is brought here and kept.
@Suite(.serialized) struct KeystoreKeeperTests {
    private static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// A list of one key, which has signed it itself.
    private struct Keystore {
        let keyring: LegacyKeyring
        let list: [UInt8]
        let signature: [UInt8]

        init() throws {
            let key = try PrivateKey.generateRSA()
            let text = Base64URL.encode(key.publicKey.subjectPublicKeyInfo)
                .replacing("-", with: "+").replacing("_", with: "/")
            keyring = try #require(LegacyKeyring(root: text))
            list = Array("project.example=\(text)\n".utf8)
            signature = try key.sign(list)
        }
    }

    @Test func aListOfTheWebIsVerifiedAndKept() async throws {
        try await TestServer.run { server in
            let keystore = try Keystore()
            try server.add("domainkeys.lst", keystore.list)
            try server.add("domainkeys.sig", keystore.signature)
            let place = try #require(KeystorePlace("\(server.origin)/domainkeys.lst"))
            let copies = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(atPath: copies.string) }
            let keeper = KeystoreKeeper(
                of: place, for: keystore.keyring, copies: copies, fetch: server.fetch(), logger: Self.quiet)
            #expect(await keeper.refresh())
            #expect(
                FileManager.default.contents(atPath: copies.appending("domainkeys.lst").string) == Data(keystore.list))
            // What is no longer right does not take its place, here or on disk, however often it is offered.
            try server.add("domainkeys.lst", keystore.list + Array("more".utf8))
            for _ in 0..<2 { #expect(await keeper.refresh() == false) }
            #expect(
                FileManager.default.contents(atPath: copies.appending("domainkeys.lst").string) == Data(keystore.list))
        }
    }

    @Test func aListInFilesIsVerifiedAtEachLoad() async throws {
        let keystore = try Keystore()
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        try Data(keystore.list).write(to: URL(filePath: folder.appending("keys.lst").string))
        try Data(keystore.signature).write(to: URL(filePath: folder.appending("keys.sig").string))
        let place = try #require(KeystorePlace(folder.appending("keys.lst").string))
        try await TestServer.run { server in
            let keeper = KeystoreKeeper(
                of: place, for: keystore.keyring, copies: folder.appending("copies"), fetch: server.fetch(),
                logger: Self.quiet)
            #expect(await keeper.refresh())
            try Data(keystore.list.dropLast()).write(to: URL(filePath: folder.appending("keys.lst").string))
            #expect(await keeper.refresh() == false)
            try FileManager.default.removeItem(atPath: folder.appending("keys.sig").string)
            #expect(await keeper.refresh() == false)
        }
    }

    @Test func aCopyIsVerifiedToo() async throws {
        let keystore = try Keystore()
        let site = try #require(SiteOrigin("https://project.example"))
        let copies = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: copies.string) }
        try PrivateFolder.make(copies)
        let place = try #require(KeystorePlace("/nowhere/keys.lst"))
        try await TestServer.run { server in
            let keeper = KeystoreKeeper(
                of: place, for: keystore.keyring, copies: copies, fetch: server.fetch(), logger: Self.quiet)
            try PrivateFile.write(keystore.list, to: copies.appending("domainkeys.lst"))
            try PrivateFile.write(keystore.signature.reversed(), to: copies.appending("domainkeys.sig"))
            keeper.loadCopy()
            #expect(keystore.keyring.key(of: site) == nil)
            try PrivateFile.write(keystore.signature, to: copies.appending("domainkeys.sig"))
            keeper.loadCopy()
            #expect(keystore.keyring.key(of: site) != nil)
        }
    }

    @Test(arguments: ["http://a.example/k.lst", "k.lst", "https://a.example/k", "https://a.example/?k.lst", "/keys"])
    func aPlaceIsAnHTTPSAddressOrAPath(text: String) {
        #expect(KeystorePlace(text) == nil)
    }
}
