import FoundationEssentials
import Linux
import Sessions
import Storage
import SystemPackage

/// The one or two files of a story.
struct StoryFiles: Hashable {
    let session: SessionIdentifier
    /// Lines are added here.
    let current: FilePath
    /// What was full.
    let earlier: FilePath

    /// In bytes; more than any story has.
    private static let limit = 1 << 20

    init(of session: SessionIdentifier, in folder: FilePath) {
        self.session = session
        current = folder.appending("\(session).jsonl")
        earlier = folder.appending("\(session).1.jsonl")
    }

    /// Whose story a file is of.
    static func session(ofFile name: String) -> SessionIdentifier? {
        guard name.hasSuffix(".jsonl") else { return nil }
        return SessionIdentifier(String(name.prefix { $0 != "." }))
    }

    var exist: Bool { changed > 0 }

    /// When a line was last added, in nanoseconds since 1970; 0 where there is none.
    var changed: Int64 {
        // Whatever hides a file, it is not there for us.
        [current, earlier].compactMap { (try? FileStatus(atPath: $0.string))?.changed }.max() ?? 0
    }

    func remove() throws(StorageError) {
        for path in [current, earlier] { try PrivateFile.remove(path) }
    }

    /// What can be read; a line that a crash cut, or that a later version wrote, is passed over.
    var story: Story {
        let lines = [earlier, current].flatMap { path in
            // A file that is not there, or that is not ours alone, tells nothing.
            ((try? PrivateFile.read(path, limit: Self.limit)) ?? []).split(separator: UInt8(ascii: "\n"))
        }
        return Story(session: session, lines: lines.compactMap(Self.decode))
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) -> StoryLine? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        // One line less is better than no story.
        let line = try? decoder.decode(StoryLine.self, from: Data(bytes))
        return line?.schema == StoryLine.currentSchema ? line : nil
    }

    static func encode(_ line: StoryLine) throws(StorageError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        do {
            return [UInt8](try encoder.encode(line))
        } catch {
            throw StorageError(operation: "encode", path: line.step.rawValue, reason: "\(error)")
        }
    }
}
