import FoundationEssentials
import Logging

/// How a line of the log looks; the words are those of `--log-format`.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people, or for the journal where that listens.
    case text
    /// For programs: an object a line.
    case json
}

/// An event of the log as a JSON object on one line.
struct JSONLogLine: Encodable {
    private let time: String
    private let level: String
    private let part: String
    private let message: String
    /// Whatever else is known, such as the session.
    private let fields: [String: String]

    init(_ event: LogEvent, label: String, fields: Logger.Metadata, at time: Date) {
        self.time = time.formatted(.iso8601)
        level = event.level.rawValue
        part = label
        message = "\(event.message)"
        self.fields = fields.mapValues { "\($0)" }
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings alone are always encoded.
        let text = (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return text.utf16.map(Self.harmless).joined()
    }

    /// Nothing that a terminal would take for an order.
    private static func harmless(_ unit: UInt16) -> String {
        if unit < 0x7F { return String(UnicodeScalar(UInt8(unit))) }
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
