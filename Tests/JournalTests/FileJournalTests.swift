import FoundationEssentials
import Glibc
import Journal
import Logging
import Sessions
import Storage
import SystemPackage
import Testing

/// Stories in files.
struct FileJournalTests {
    private static func withFolder(_ body: (FilePath) throws -> Void) throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        // What stays in a temporary folder is no failure of what is tested.
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        try body(folder)
    }

    private static func journal(
        in folder: FilePath, _ bounds: FileJournal.Bounds = .init(), now: @escaping @Sendable () -> Date = { Date() }
    ) -> FileJournal {
        FileJournal(
            folder, bounds: bounds, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: now)
    }

    private static func line(_ step: StoryStep, _ details: [String: String] = [:]) -> StoryLine {
        StoryLine(time: Date(timeIntervalSince1970: 1_790_000_000), took: 1.5, step: step, details: details)
    }

    @Test func whatIsToldIsReadByTheNextDaemon() throws {
        try Self.withFolder { folder in
            let session = SessionIdentifier()
            let lines = [Self.line(.connected, ["site": "https://a.example"]), Self.line(.opened)]
            Self.journal(in: folder).add(lines, to: session, as: .session)
            Self.journal(in: folder).add([Self.line(.forgotten)], to: session, as: .session)
            let story = try #require(Self.journal(in: folder).stories().first)
            #expect(story == Story(session: session, lines: lines + [Self.line(.forgotten)]))
            #expect(story.site == "https://a.example")
        }
    }

    @Test func aStoryIsFoundByItsSessionOrItsMachine() throws {
        try Self.withFolder { folder in
            let journal = Self.journal(in: folder)
            let (session, other, machine) = (SessionIdentifier(), SessionIdentifier(), MachineIdentifier())
            journal.add([Self.line(.machineStarted, ["machine": "\(machine)"])], to: session, as: .session)
            journal.add([Self.line(.refused)], to: other, as: .refusal)
            #expect(journal.stories(beginningWith: String("\(session)".prefix(13))).map(\.session) == [session])
            #expect(journal.stories(beginningWith: String("\(machine)".prefix(13))).map(\.session) == [session])
            #expect(journal.stories(beginningWith: "\(other)").map(\.session) == [other])
            #expect(journal.stories(beginningWith: "nothing").isEmpty)
        }
    }

    @Test func aStoryCutAtAnyByteKeepsItsWholeLinesAndGoesOn() throws {
        try Self.withFolder { folder in
            let session = SessionIdentifier()
            let journal = Self.journal(in: folder)
            journal.add([Self.line(.connected), Self.line(.opened)], to: session, as: .session)
            let path = folder.appending("\(session).jsonl").string
            let whole = try #require(FileManager.default.contents(atPath: path))
            let first = try #require(whole.firstIndex(of: UInt8(ascii: "\n")))
            for end in 0...whole.count {
                try whole.prefix(end).write(to: URL(filePath: path))
                journal.add([Self.line(.forgotten)], to: session, as: .session)
                let steps = try #require(journal.stories().first).lines.map(\.step)
                let kept: [StoryStep] =
                    end >= whole.count - 1 ? [.connected, .opened] : end >= first ? [.connected] : []
                #expect(steps == kept + [.forgotten], "cut at \(end)")
            }
        }
    }

    @Test func aStoryHasABoundAndItsEndIsKept() throws {
        try Self.withFolder { folder in
            var bounds = FileJournal.Bounds()
            bounds.file = 2000
            let journal = Self.journal(in: folder, bounds)
            let session = SessionIdentifier()
            for number in 0..<500 {
                journal.add([Self.line(.paused, ["number": "\(number)"])], to: session, as: .session)
            }
            let names = try PrivateFolder.names(in: folder)
            #expect(names.count <= 2)
            let story = try #require(journal.stories().first)
            #expect(story.lines.count < 50)
            #expect(story.lines.last?.details["number"] == "499")
        }
    }

    @Test func refusalsAreBoundedAndDoNotCrowdOutSessions() throws {
        try Self.withFolder { folder in
            var bounds = FileJournal.Bounds()
            (bounds.sessions, bounds.refusals) = (5, 3)
            let journal = Self.journal(in: folder, bounds)
            for _ in 0..<5 { journal.add([Self.line(.opened)], to: SessionIdentifier(), as: .session) }
            for _ in 0..<20 { journal.add([Self.line(.refused)], to: SessionIdentifier(), as: .refusal) }
            let steps = journal.stories().map { $0.lines[0].step }
            #expect(steps.count { $0 == .opened } == 5)
            #expect(steps.count { $0 == .refused } == 3)
            for _ in 0..<9 { journal.add([Self.line(.opened)], to: SessionIdentifier(), as: .session) }
            #expect(journal.stories().count == 8)
        }
    }

    @Test func anOldStoryIsRemovedWhenANewOneBegins() throws {
        try Self.withFolder { folder in
            let journal = Self.journal(in: folder, now: { Date() + 15 * 86_400 })
            let (old, new) = (SessionIdentifier(), SessionIdentifier())
            Self.journal(in: folder).add([Self.line(.opened)], to: old, as: .session)
            journal.add([Self.line(.opened)], to: new, as: .session)
            #expect(journal.stories().map(\.session) == [new])
        }
    }

    @Test func whatLiesInAStorysPlaceIsMovedAndTheStoryIsTold() throws {
        try Self.withFolder { folder in
            try PrivateFolder.make(folder)
            let session = SessionIdentifier()
            try #require(mkdir(folder.appending("\(session).jsonl").string, 0o700) == 0)
            try #require(symlink("/etc/passwd", folder.appending("\(SessionIdentifier()).jsonl").string) == 0)
            let journal = Self.journal(in: folder)
            journal.add([Self.line(.opened)], to: session, as: .session)
            #expect(journal.stories().map(\.session) == [session])
        }
    }

    @Test func aFolderThatCannotBeWrittenHoldsNobodyUp() {
        let journal = Self.journal(in: "/proc/nowhere")
        journal.add([Self.line(.opened)], to: SessionIdentifier(), as: .session)
        #expect(journal.stories().isEmpty)
    }

    @Test func aLineOfALaterVersionIsPassedOver() throws {
        try Self.withFolder { folder in
            let session = SessionIdentifier()
            let journal = Self.journal(in: folder)
            journal.add([Self.line(.opened)], to: session, as: .session)
            let later = #"{"schema":2,"time":"2026-01-01T00:00:00Z","step":"opened","details":{}}"#
            _ = try LineFile.append(
                Array(later.utf8), to: folder.appending("\(session).jsonl"), durably: false)
            #expect(journal.stories().first?.lines.count == 1)
        }
    }
}
