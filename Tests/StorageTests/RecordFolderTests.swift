import FoundationEssentials
import Glibc
import Storage
import SystemPackage
import Testing

struct RecordFolderTests {
    struct Note: Record, Equatable {
        let identifier: String
        var text: String
    }

    /// A folder of its own, removed with the test.
    private func withFolder(_ body: (FilePath) throws -> Void) throws {
        let path = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        try body(path)
    }

    private func mode(_ path: FilePath) throws -> UInt32 {
        var status = stat()
        try #require(lstat(path.string, &status) == 0)
        return status.st_mode & 0o777
    }

    @Test func whatIsSavedIsLoaded() throws {
        try withFolder { path in
            let folder = RecordFolder<Note>(path)
            try folder.save(Note(identifier: "a", text: "one"))
            try folder.save(Note(identifier: "b", text: "two"))
            try folder.save(Note(identifier: "a", text: "three"))
            let loaded = try folder.load()
            #expect(loaded.records == [Note(identifier: "a", text: "three"), Note(identifier: "b", text: "two")])
            #expect(loaded.setAside.isEmpty)
        }
    }

    @Test func folderAndFilesBelongToTheUserAlone() throws {
        try withFolder { path in
            try RecordFolder<Note>(path).save(Note(identifier: "a", text: "one"))
            #expect(try mode(path) == 0o700)
            #expect(try mode(path.appending("a.json")) == 0o600)
        }
    }

    @Test func aRemovedRecordIsGoneAndRemovingItAgainIsNoError() throws {
        try withFolder { path in
            let folder = RecordFolder<Note>(path)
            try folder.save(Note(identifier: "a", text: "one"))
            try folder.remove("a")
            try folder.remove("a")
            #expect(try folder.load().records.isEmpty)
        }
    }

    @Test(arguments: ["", "{", #"{"identifier":"other","text":"x"}"#, "\u{0}\u{0}\u{0}"])
    func aDamagedFileIsSetAsideAndTheOthersAreLoaded(content: String) throws {
        try withFolder { path in
            let folder = RecordFolder<Note>(path)
            try folder.save(Note(identifier: "good", text: "one"))
            try PrivateFile.write(Array(content.utf8), to: path.appending("bad.json"))
            let loaded = try folder.load()
            #expect(loaded.records == [Note(identifier: "good", text: "one")])
            let moved = try #require(loaded.setAside.first?.path)
            #expect(moved.lastComponent?.string.hasPrefix("bad.json.damaged-") == true)
            #expect(try PrivateFile.read(moved, limit: 1024) == Array(content.utf8))
            #expect(loaded.lost == ["bad"])
        }
    }

    @Test func aHalfWrittenFileOfACrashIsNotARecord() throws {
        try withFolder { path in
            let folder = RecordFolder<Note>(path)
            try folder.save(Note(identifier: "a", text: "one"))
            try PrivateFile.write(Array("{\"iden".utf8), to: path.appending("a.json.new"))
            #expect(try folder.load().records == [Note(identifier: "a", text: "one")])
        }
    }

    @Test func aFileThatOthersMayWriteIsNotRead() throws {
        try withFolder { path in
            try RecordFolder<Note>(path).save(Note(identifier: "a", text: "one"))
            try #require(chmod(path.appending("a.json").string, 0o622) == 0)
            #expect(throws: StorageError.self) { try PrivateFile.read(path.appending("a.json"), limit: 1024) }
        }
    }

    @Test func aLinkInPlaceOfAFileIsNotFollowed() throws {
        try withFolder { path in
            try PrivateFolder.make(path)
            try #require(symlink("/etc/passwd", path.appending("a.json").string) == 0)
            #expect(throws: StorageError.self) { try PrivateFile.read(path.appending("a.json"), limit: 1 << 20) }
        }
    }

    @Test func aFileOverTheLimitIsNotRead() throws {
        try withFolder { path in
            try PrivateFolder.make(path)
            try PrivateFile.write([UInt8](repeating: 0x20, count: 2048), to: path.appending("big"))
            #expect(throws: StorageError.self) { try PrivateFile.read(path.appending("big"), limit: 1024) }
        }
    }
}
