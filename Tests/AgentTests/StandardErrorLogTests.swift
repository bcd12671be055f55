import Agent
import FoundationEssentials
import Logging
import Sessions
import Testing

/// A line of the log is one line and ours, whatever is in it.
struct StandardErrorLogTests {
    @Test func aLineHasTimeLevelAndFields() {
        #expect(
            Self.line("a question waits", ["site": "https://project.example", "b": "two words"])
                == "2026-11-21T09:30:00Z notice bridge: a question waits b=\"two words\" site=https://project.example")
    }

    @Test func theJournalGetsThePriority() {
        #expect(Self.line("x", [:], style: .journal) == "<5>bridge: x")
    }

    @Test func noTextFromOutsideMakesALineOrSpeaksToTheTerminal() {
        let hostile = "a\n<0>kernel: b\u{1B}[2J\r\u{202E}\"c\\"
        let line = Self.line("got \(hostile)", ["name": "\(hostile)"])
        #expect(!line.contains("\n") && !line.contains("\r"))
        #expect(!line.unicodeScalars.contains("\u{1B}") && !line.unicodeScalars.contains("\u{202E}"))
        #expect(line.hasSuffix(#"name="a\n<0>kernel: b\u{1b}[2J\u{d}\u{202e}\"c\\""#))
    }

    @Test func anEmptyValueAndOneWithAnEqualsSignAreQuoted() {
        #expect(Self.line("x", ["a": "", "b": "c=d"]).hasSuffix(#"x a="" b="c=d""#))
    }

    @Test func aLineOfJSONIsOneObjectWhateverIsInIt() throws {
        let hostile = "a\n<0>kernel: b\u{1B}[2J\u{9B}\u{202E}\"c\\"
        let line = Self.line("got \(hostile)", ["session": "\(hostile)"], style: .json)
        #expect(line.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        struct Line: Decodable {
            let time, level, part, message: String
            let fields: [String: String]
        }
        let read = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        #expect(read.time == "2026-11-21T09:30:00Z" && read.level == "notice" && read.part == "bridge")
        #expect(read.message == "got \(hostile)")
        #expect(read.fields == ["session": hostile])
    }

    @Test func whatIsDoneForASessionCarriesItsName() async {
        let connection = ConnectionIdentifier()
        let fields = await LogContext.with(connection: connection) { LogContext.provider.get() }
        #expect(fields == ["connection": "\(connection)"])
    }

    private static func line(
        _ message: Logger.Message, _ metadata: Logger.Metadata, style: StandardErrorLog.Style = .terminal
    ) -> String {
        let log = StandardErrorLog(label: "bridge", style: style, level: .info)
        let event = LogEvent(
            level: .notice, message: message, metadata: metadata, source: nil, file: "", function: "", line: 1)
        return log.line(for: event, at: Date(timeIntervalSince1970: 1_795_253_400))
    }
}
