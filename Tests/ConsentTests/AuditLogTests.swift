import Addresses
import Consent
import FoundationEssentials
import Glibc
import Logging
import Sessions
import SystemPackage
import Testing

@Suite struct AuditLogTests {
    private func lines(_ path: String) -> [String] {
        guard let bytes = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }  // what is left of it harms nobody
        try await body(folder)
    }

    @Test func eachDecisionIsALine() async throws {
        try await withFolder { folder in
            let path = "\(folder)/state/audit.jsonl"
            let log = AuditLog(FilePath(path))
            let time = Date(timeIntervalSince1970: 1_772_539_200)
            try await log.record(AuditEntry(.allowAndRemember, to: try Questions.make(), time: time))
            try await log.record(AuditEntry(.revoked, origin: try Questions.make().site, time: time))
            #expect(
                lines(path) == [
                    #"{"configuration":"\#(Questions.digest)","event":"allowed-and-remembered","key":"\#(Questions.firstKey)","origin":"https://project.example.org","schema":1,"time":"2026-03-03T12:00:00Z"}"#,
                    #"{"event":"revoked","origin":"https://project.example.org","schema":1,"time":"2026-03-03T12:00:00Z"}"#,
                ])
        }
    }

    @Test func theFileIsTheOwnersAlone() async throws {
        try await withFolder { folder in
            let path = "\(folder)/state/audit.jsonl"
            try await AuditLog(FilePath(path)).record(AuditEntry(.blocked, origin: try Questions.make().site))
            var status = stat()
            try #require(stat(path, &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o600)
            try #require(stat("\(folder)/state", &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o700)
        }
    }

    @Test func aFullFileIsSetAside() async throws {
        try await withFolder { folder in
            let path = "\(folder)/audit.jsonl"
            let log = AuditLog(FilePath(path), limit: 250)
            for _ in 0..<7 { try await log.record(AuditEntry(.revoked, origin: try Questions.make().site)) }
            #expect(lines(path).count + lines("\(path).1").count < 7)
            #expect(lines("\(path).1").count == 3)
            #expect(lines(path).count == 1)
        }
    }

    @Test func aLinkOrAFileThatOthersMayWriteIsSetAsideAndNotWrittenTo() async throws {
        try await withFolder { folder in
            let entry = AuditEntry(.revoked, origin: try Questions.make().site)
            let target = "\(folder)/target"
            try Data().write(to: URL(filePath: target))
            try #require(chmod(target, 0o666) == 0)
            try #require(symlink(target, "\(folder)/link") == 0)
            let moved = try await AuditLog(FilePath("\(folder)/link")).record(entry)
            #expect(moved.count == 1)
            #expect(lines("\(folder)/link").count == 1)
            #expect(lines(target).isEmpty)
            _ = try await AuditLog(FilePath(target)).record(entry)
            #expect(lines(target).count == 1)
        }
    }

    @Test func aFolderOrAPipeInItsPlaceIsSetAside() async throws {
        try await withFolder { folder in
            let entry = AuditEntry(.revoked, origin: try Questions.make().site)
            try #require(mkdir("\(folder)/a", 0o700) == 0 && mkdir("\(folder)/a.1", 0o700) == 0)
            try #require(mkfifo("\(folder)/b", 0o600) == 0)
            for name in ["a", "b"] {
                #expect(try await AuditLog(FilePath("\(folder)/\(name)"), limit: 1).record(entry).isEmpty == false)
                #expect(lines("\(folder)/\(name).1").count == 1)
            }
        }
    }

    @Test func aLineThatACrashCutSpoilsNoOther() async throws {
        try await withFolder { folder in
            let path = "\(folder)/audit.jsonl"
            let log = AuditLog(FilePath(path))
            let entry = AuditEntry(.revoked, origin: try Questions.make().site)
            try await log.record(entry)
            let whole = try #require(FileManager.default.contents(atPath: path))
            for end in 1...whole.count {
                try Data(whole.prefix(end)).write(to: URL(filePath: path))
                try await log.record(entry)
                let last = try #require(lines(path).last)
                #expect(last.hasPrefix("{\"event\":\"revoked\"") && last.hasSuffix("}"), "cut at \(end): \(last)")
            }
        }
    }

    @Test func theDeskRecordsEveryAnswer() async throws {
        try await withFolder { folder in
            let path = "\(folder)/audit.jsonl"
            let window = try FakeWindow("answer allow-once")
            let desk = ConsentDesk(
                manner: .automatic, programs: .init(window: FilePath(window.program), zenity: nil),
                environment: ["DISPLAY": ":99"], audit: AuditLog(FilePath(path)), logger: Logger(label: "test"))
            _ = await desk.ask(try Questions.make())
            let silent = ConsentDesk(
                manner: .automatic, programs: .init(window: nil, zenity: nil), environment: [:],
                audit: AuditLog(FilePath(path)), logger: Logger(label: "test"))
            _ = await silent.ask(try Questions.make())
            await silent.record(.revoked, of: try Questions.make().site)
            let events = lines(path).compactMap { $0.split(separator: #""event":""#).last?.prefix { $0 != "\"" } }
            #expect(events == ["allowed-once", "unavailable", "revoked"])
        }
    }
}
