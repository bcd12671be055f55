import Addresses
import FoundationEssentials
import Glibc
import Storage
import SystemPackage
import Testing

@testable import Trust

/// A book whose files were damaged allows less than before, never more.
struct DamagedBookTests {
    private static func withFolder(_ body: (FilePath) throws -> Void) throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        // What stays in a temporary folder is no failure of what is tested.
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        try body(folder)
    }

    private static func read(_ folder: FilePath) throws -> TrustBook {
        try TrustBook(folder: folder, registrableDomain: { $0 }, developmentSites: false)
    }

    /// The one file of a part of the book, and what it holds.
    private static func file(of part: String, in folder: FilePath) throws -> (path: FilePath, bytes: [UInt8]) {
        let names = try PrivateFolder.names(in: folder.appending(part)).filter { $0.hasSuffix(".json") }
        let path = folder.appending(part).appending(try #require(names.first))
        return (path, try PrivateFile.read(path, limit: 1 << 20))
    }

    /// What may have happened to a file: cut at many places, or overwritten.
    private static func damages(of bytes: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: 1 + bytes.count / 40).map { Array(bytes.prefix($0)) } + [
            [UInt8](repeating: 0, count: bytes.count), bytes.reversed(), Array("null".utf8), Array("{}".utf8),
        ]
    }

    @Test func aDamagedGrantIsNoGrant() throws {
        try Self.withFolder { folder in
            try Trial.run { trial in
                trial.book = try Self.read(folder)
                try trial.accept()
                let (path, bytes) = try Self.file(of: "grants", in: folder)
                for damage in Self.damages(of: bytes) {
                    try Data(damage).write(to: URL(filePath: path.string))
                    trial.book = try Self.read(folder)
                    #expect(trial.book.grants().isEmpty)
                    #expect(!trial.book.covers(try trial.assess().verified, now: trial.now))
                    #expect(trial.book.setAside.map(\.reason) == [.damaged])
                }
                // A new yes is kept as ever.
                try trial.accept()
                #expect(try Self.read(folder).grants().count == 1)
            }
        }
    }

    @Test func aDamagedPublisherIsAStrangerWhoseGrantsCountForNothing() throws {
        try Self.withFolder { folder in
            try Trial.run { trial in
                trial.book = try Self.read(folder)
                try trial.accept()
                #expect(try !trial.assess().mustAsk)
                let (path, bytes) = try Self.file(of: "publishers", in: folder)
                for damage in Self.damages(of: bytes) {
                    try Data(damage).write(to: URL(filePath: path.string))
                    trial.book = try Self.read(folder)
                    let assessment = try trial.assess()
                    #expect(assessment.mustAsk)
                    guard case .firstTime = assessment.identity else {
                        Issue.record("\(assessment.identity)")
                        continue
                    }
                }
            }
        }
    }

    @Test func aSiteWhoseBlockIsDamagedStaysBlockedUntilItIsUnblocked() throws {
        try Self.withFolder { folder in
            let site = try #require(SiteOrigin("https://blocked.example"))
            let other = try #require(SiteOrigin("https://other.example"))
            var book = try Self.read(folder)
            try book.block(site)
            let (path, bytes) = try Self.file(of: "blocked", in: folder)
            for damage in Self.damages(of: bytes) {
                try Data(damage).write(to: URL(filePath: path.string))
                book = try Self.read(folder)
                #expect(book.isBlocked(site))
                #expect(!book.isBlocked(other))
            }
            // Every later start knows it too, however many of its files are set aside.
            book = try Self.read(folder)
            #expect(book.setAside.isEmpty)
            #expect(book.isBlocked(site))
            try book.unblock(site)
            #expect(!book.isBlocked(site))
            #expect(try !Self.read(folder).isBlocked(site))
        }
    }

    @Test func aBlockThatALaterVersionWroteHolds() throws {
        try Self.withFolder { folder in
            let site = try #require(SiteOrigin("https://blocked.example"))
            var book = try Self.read(folder)
            try book.block(site)
            let (path, _) = try Self.file(of: "blocked", in: folder)
            try PrivateFile.write(Array(#"{"schema":7,"everything":"else"}"#.utf8), to: path)
            book = try Self.read(folder)
            #expect(book.setAside.map(\.reason) == [.newer])
            #expect(book.isBlocked(site))
        }
    }

    @Test func withoutItsListOfBlockedSitesNoBookIsOpened() throws {
        try Self.withFolder { folder in
            _ = try Self.read(folder)
            try #require(rmdir(folder.appending("blocked").string) == 0)
            try PrivateFile.write([0], to: folder.appending("blocked"))
            #expect(throws: StorageError.self) { try Self.read(folder) }
        }
    }

    @Test func aDamagedPenaltyLetsTheSiteAskAgainAndTheNextNoCounts() throws {
        try Self.withFolder { folder in
            let site = try #require(SiteOrigin("https://asking.example"))
            let now = Date(timeIntervalSince1970: 1_790_000_000)
            var book = try Self.read(folder)
            try book.noteDenial(of: site, now: now)
            let (path, bytes) = try Self.file(of: "penalties", in: folder)
            for damage in Self.damages(of: bytes) {
                try Data(damage).write(to: URL(filePath: path.string))
                book = try Self.read(folder)
                #expect(book.coolDown(of: site, now: now) == nil)
            }
            try book.noteDenial(of: site, now: now)
            #expect(try Self.read(folder).coolDown(of: site, now: now) == 10)
        }
    }

    @Test(arguments: ["publishers", "grants", "penalties"])
    func aFileInPlaceOfAFolderIsSetAside(part: String) throws {
        try Self.withFolder { folder in
            try PrivateFolder.make(folder)
            try PrivateFile.write([0], to: folder.appending(part))
            #expect(try Self.read(folder).setAside.map(\.reason) == [.damaged])
        }
    }
}
