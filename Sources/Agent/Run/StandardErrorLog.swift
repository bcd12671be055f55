package import FoundationEssentials
import Linux
package import Logging
import SystemPackage

/// Log lines on standard error: one event a line, whatever texts from outside are in it.
package struct StandardErrorLog: LogHandler {
    package var logLevel = Logger.Level.info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let style: Style

    package enum Style: Sendable {
        /// With the time in front.
        case terminal
        /// With the priority in front, as the journal reads it; it knows the time.
        case journal
        /// A JSON object a line.
        case json

        /// The journal's style where standard error is what `JOURNAL_STREAM` names, unless another is asked for.
        package init(_ format: LogFormat, environment: [String: String]) {
            let journal = environment["JOURNAL_STREAM"].map { $0 == FileIdentity(of: 2)?.description } ?? false
            switch format {
            case .text: self = journal ? .journal : .terminal
            case .json: self = .json
            }
        }
    }

    package init(label: String, style: Style, level: Logger.Level) {
        self.label = label
        self.style = style
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = line(for: event, at: Date())
        // There is nowhere to tell that the log cannot be written.
        _ = try? FileDescriptor.standardError.writeAll(Array("\(line)\n".utf8))
    }

    package func line(for event: LogEvent, at time: Date) -> String {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, new in new } }
        if let given = event.metadata { fields.merge(given) { _, new in new } }
        if let error = event.error { fields["error"] = "\(error)" }
        switch style {
        case .terminal: return "\(time.formatted(.iso8601)) \(event.level) \(text(of: event, fields))"
        case .journal: return "<\(Self.priority(of: event.level))>\(text(of: event, fields))"
        case .json: return JSONLogLine(event, label: label, fields: fields, at: time).text
        }
    }

    private func text(of event: LogEvent, _ fields: Logger.Metadata) -> String {
        let tail = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.value("\($0.value)"))" }.joined()
        return "\(label): \(Self.harmless("\(event.message)"))\(tail)"
    }

    /// In quotes where it is more than one plain word.
    private static func value(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C && $0 != 0x3D }
        return plain && !text.isEmpty ? text : "\"\(harmless(text, quoted: true))\""
    }

    /// No control characters, so that nobody's text looks like a line of ours or speaks to the terminal.
    private static func harmless(_ text: String, quoted: Bool = false) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\"" where quoted: line += "\\\""
            case "\\" where quoted: line += "\\\\"
            case _ where scalar.properties.generalCategory == .control || scalar.properties.isBidiControl:
                line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    private static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
