import FoundationEssentials
import Glibc
import Storage
import SystemPackage
import Testing

/// What crashes, disks and other programs may do to a record.
struct DamageTests {
    struct Note: Record, Equatable {
        let identifier: String
        var text: String
    }

    /// The same note after its text was given another name.
    struct RenamedNote: Record, Equatable {
        let identifier: String
        var words: String

        static let schema = 2

        static func upgraded(from schema: Int, _ decoder: any Decoder) throws -> RenamedNote {
            let old = try Note(from: decoder)
            return RenamedNote(identifier: old.identifier, words: old.text)
        }
    }

    private static let good = Note(identifier: "good", text: "one")

    /// A folder with a record that nothing happens to.
    private func withFolder(_ body: (FilePath) throws -> Void) throws {
        let path = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        try RecordFolder<Note>(path).save(Self.good)
        try body(path)
    }

    private func names(in path: FilePath) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path.string).sorted()
    }

    @Test func aRecordCutAtAnyByteIsSetAsideAndTheOthersAreLoaded() throws {
        try withFolder { path in
            let folder = RecordFolder<Note>(path)
            try folder.save(Note(identifier: "cut", text: "two"))
            let whole = try PrivateFile.read(path.appending("cut.json"), limit: 1024)
            for end in 0..<whole.count {
                try Data(whole.prefix(end)).write(to: URL(filePath: path.appending("cut.json").string))
                let loaded = try folder.load()
                #expect(loaded.records == [Self.good], "cut at \(end)")
                #expect(loaded.setAside.map(\.reason) == [.damaged])
                #expect(loaded.lost == ["cut"])
            }
        }
    }

    @Test func randomBytesAreNeverARecord() throws {
        try withFolder { path in
            let folder = RecordFolder<Note>(path)
            for _ in 0..<200 {
                let bytes = (0..<Int.random(in: 0..<200)).map { _ in UInt8.random(in: 0...255) }
                try Data(bytes).write(to: URL(filePath: path.appending("wild.json").string))
                #expect(try folder.load().records == [Self.good])
            }
        }
    }

    @Test func whatLiesInARecordsPlaceIsSetAside() throws {
        try withFolder { path in
            let folder = RecordFolder<Note>(path)
            let place = path.appending("strange.json").string
            let makers: [() -> CInt] = [
                { mkdir(place, 0o700) }, { mkfifo(place, 0o600) }, { symlink("/etc/passwd", place) },
                { symlink("/nowhere", place) },
            ]
            for make in makers {
                try #require(make() == 0)
                let loaded = try folder.load()
                #expect(loaded.records == [Self.good])
                #expect(loaded.setAside.count == 1)
                // The place is free again.
                try folder.save(Note(identifier: "strange", text: "x"))
                try folder.remove("strange")
            }
        }
    }

    @Test func aRecordThatOthersMayWriteIsSetAside() throws {
        try withFolder { path in
            let folder = RecordFolder<Note>(path)
            try folder.save(Note(identifier: "open", text: "x"))
            try #require(chmod(path.appending("open.json").string, 0o602) == 0)
            #expect(try folder.load().records == [Self.good])
        }
    }

    @Test func whatACrashLeftHalfWrittenIsRemovedAndAFolderThereDoesNotBlockWriting() throws {
        try withFolder { path in
            let folder = RecordFolder<Note>(path)
            try PrivateFile.write([0x7B], to: path.appending("good.json.new"))
            try #require(mkdir(path.appending("late.json.new").string, 0o700) == 0)
            let loaded = try folder.load()
            #expect(loaded.records == [Self.good])
            #expect(loaded.setAside.count == 1)
            try folder.save(Note(identifier: "late", text: "x"))
            #expect(try !names(in: path).contains("good.json.new"))
        }
    }

    @Test func aFileInTheFoldersPlaceIsSetAsideWhereThatIsHarmless() throws {
        try withFolder { path in
            let place = path.appending("records")
            try PrivateFile.write([1, 2, 3], to: place)
            #expect(throws: StorageError.self) { try RecordFolder<Note>(place, loss: .dangerous).load() }
            let loaded = try RecordFolder<Note>(place).load()
            #expect(loaded.records.isEmpty)
            #expect(loaded.setAside.count == 1)
        }
    }

    @Test func soManyAreKeptAndNoMoreUnlessTheirLossIsDangerous() throws {
        try withFolder { path in
            for _ in 0..<20 {
                try Data([0x7B]).write(to: URL(filePath: path.appending("bad.json").string))
                _ = try RecordFolder<Note>(path).load()
            }
            #expect(try names(in: path).count == 1 + SetAside.kept)
            for _ in 0..<20 {
                try Data([0x7B]).write(to: URL(filePath: path.appending("bad.json").string))
                _ = try RecordFolder<Note>(path, loss: .dangerous).load()
            }
            #expect(try names(in: path).count == 1 + SetAside.kept + 20)
        }
    }

    @Test func whatLiesSetAsideIsFoundAgainAndGoesWithItsRecord() throws {
        try withFolder { path in
            let folder = RecordFolder<Note>(path)
            try PrivateFile.write([0x7B], to: path.appending("bad.json"))
            _ = try folder.load()
            #expect(try folder.load().setAside.isEmpty)
            #expect(try folder.load().lost == ["bad"])
            #expect(SetAside.all(under: path.removingLastComponent(), depth: 2).contains { $0.path.starts(with: path) })
            try folder.remove("bad")
            #expect(try names(in: path) == ["good.json"])
        }
    }

    // MARK: Versions

    @Test func theFirstVersionsFilesAreReadByTheSecond() throws {
        try withFolder { path in
            // The first files had no number at all.
            try PrivateFile.write(
                Array(#"{"identifier":"first","text":"two"}"#.utf8), to: path.appending("first.json"))
            let folder = RecordFolder<RenamedNote>(path)
            let expected = [
                RenamedNote(identifier: "first", words: "two"), RenamedNote(identifier: "good", words: "one"),
            ]
            #expect(try folder.load().records == expected)
            for note in expected { try folder.save(note) }
            #expect(try folder.load().records == expected)
            let text = String(decoding: try PrivateFile.read(path.appending("first.json"), limit: 1024), as: UTF8.self)
            #expect(text.contains(#""schema" : 2"#))
        }
    }

    @Test func aLaterVersionsFileIsSetAsideUntouched() throws {
        try withFolder { path in
            try RecordFolder<RenamedNote>(path).save(RenamedNote(identifier: "later", words: "two"))
            let bytes = try PrivateFile.read(path.appending("later.json"), limit: 1024)
            let loaded = try RecordFolder<Note>(path).load()
            #expect(loaded.records == [Self.good])
            let moved = try #require(loaded.setAside.first)
            #expect(moved.reason == .newer)
            #expect(try PrivateFile.read(moved.path, limit: 1024) == bytes)
        }
    }

    @Test(arguments: ["0", "-1", "1.5", "\"1\"", "99999999999999999999"])
    func noSuchVersionIsDamage(number: String) throws {
        try withFolder { path in
            try PrivateFile.write(
                Array(#"{"schema":\#(number),"identifier":"odd","text":"x"}"#.utf8), to: path.appending("odd.json"))
            let loaded = try RecordFolder<Note>(path).load()
            #expect(loaded.records == [Self.good])
            #expect(loaded.setAside.map(\.reason) == [.damaged])
        }
    }
}
