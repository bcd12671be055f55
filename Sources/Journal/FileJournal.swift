package import FoundationEssentials
import Linux
package import Logging
package import Sessions
import Storage
import Synchronization
package import SystemPackage

/// The stories of sessions in files: one for each, a JSON object a line, of bounded size, number and age.
///
/// A line is written at once, so that a daemon that dies leaves all but the line it was about to write.
package final class FileJournal: SessionJournal {
    /// What is kept.
    package struct Bounds: Sendable {
        /// After so many days without a new line a story is removed.
        package var days = 14
        /// In bytes; a full file makes room for one more, and only then is its beginning forgotten.
        package var file: Int64 = 64 << 10
        package var sessions = 256
        package var refusals = 64

        package init() {}
    }

    private let folder: FilePath
    private let bounds: Bounds
    private let logger: Logger
    private let now: @Sendable () -> Date
    /// One line at a time; the value is whether writing failed the last time.
    private let failing = Mutex(false)

    package init(
        _ folder: FilePath, bounds: Bounds = Bounds(), logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.folder = folder
        self.bounds = bounds
        self.logger = logger
        self.now = now
    }

    package func add(_ lines: [StoryLine], to session: SessionIdentifier, as kind: StoryKind) {
        failing.withLock { isFailing in
            do throws(StorageError) {
                try write(lines, to: StoryFiles(of: session, in: place(of: kind)), as: kind)
                isFailing = false
            } catch {
                // Once, for a disk that is full would fill the log too.
                if !isFailing { logger.error("story not written", metadata: ["reason": "\(error)"]) }
                isFailing = true
            }
        }
    }

    private func write(_ lines: [StoryLine], to files: StoryFiles, as kind: StoryKind) throws(StorageError) {
        let folder = place(of: kind)
        if !files.exist {
            try PrivateFolder.make(folder)
            try thin(folder, to: kind == .session ? bounds.sessions : bounds.refusals)
        }
        if let moved = try LineFile.clear(files.current) { logger.error("state set aside", metadata: moved.metadata) }
        for line in lines {
            let size = try LineFile.append(try StoryFiles.encode(line), to: files.current, durably: false)
            if size >= bounds.file { try PrivateFile.rename(files.current, to: files.earlier) }
        }
    }

    private func place(of kind: StoryKind) -> FilePath {
        switch kind {
        case .session: folder
        case .refusal: folder.appending("refused")
        }
    }

    // MARK: Making room

    /// Removes what is too old, and the oldest of what is too much; makes room for one more.
    private func thin(_ folder: FilePath, to count: Int) throws(StorageError) {
        let oldest = Int64((now().timeIntervalSince1970 - Double(bounds.days) * 86400) * 1e9)
        let stories = try Self.stories(in: folder).sorted { $0.changed < $1.changed }
        for (index, story) in stories.enumerated()
        where story.changed < oldest || stories.count - index >= count {
            // What cannot be removed must not keep a new story from being told.
            try? story.files.remove()
        }
    }

    private static func stories(in folder: FilePath) throws(StorageError) -> [(files: StoryFiles, changed: Int64)] {
        let names = try PrivateFolder.names(in: folder)
        return Set(names.compactMap(StoryFiles.session(ofFile:))).map { session in
            let files = StoryFiles(of: session, in: folder)
            return (files, files.changed)
        }
    }

    // MARK: Reading

    /// Every story that is kept, the one with the latest step last.
    package func stories() -> [Story] {
        [StoryKind.refusal, .session].flatMap { kind in
            // A folder that is not there has no stories.
            ((try? Self.stories(in: place(of: kind))) ?? []).map { ($0.files.story, $0.changed) }
        }
        .filter { !$0.0.lines.isEmpty }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    /// The stories of the sessions, or of the machines, whose identifier begins so.
    package func stories(beginningWith text: String) -> [Story] {
        let all = stories()
        let named = all.filter { $0.session.description.hasPrefix(text) }
        return named.isEmpty
            ? all.filter { $0.lines.contains { $0.details["machine"]?.hasPrefix(text) == true } } : named
    }
}
