import FoundationEssentials
import Glibc
import Storage
import SystemPackage
import Testing

/// What another user has made is none of ours; only root can be two users.
@Suite(.enabled(if: geteuid() == 0))
struct OtherUsersTests {
    private struct Note: Record, Equatable {
        let identifier: String
    }

    @Test func aRecordOfAnotherUserIsSetAside() throws {
        let path = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        // What stays in a temporary folder is no failure of what is tested.
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        let folder = RecordFolder<Note>(path)
        for name in ["ours", "theirs"] { try folder.save(Note(identifier: name)) }
        try #require(chown(path.appending("theirs.json").string, 65534, 65534) == 0)
        let loaded = try folder.load()
        #expect(loaded.records == [Note(identifier: "ours")])
        #expect(loaded.lost == ["theirs"])
    }
}
