import FoundationEssentials
import OwnerDoor

/// How commands print.
enum Output {
    static func json(_ value: some Encodable) throws(Failure) {
        do {
            let encoder = OwnerWire.encoder
            encoder.outputFormatting.insert(.prettyPrinted)
            print(String(decoding: try encoder.encode(value), as: UTF8.self))
        } catch {
            throw Failure("cannot be written as JSON: \(error)")
        }
    }

    /// Columns as wide as their longest text; the last one as it is.
    static func table(_ rows: [[String]]) {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, text in
                index == row.count - 1 ? text : text + String(repeating: " ", count: widths[index] - text.count)
            }
            print(cells.joined(separator: "  "))
        }
    }

    static func day(_ date: Date) -> String { String(date.formatted(.iso8601).prefix(10)) }

    static func second(_ date: Date) -> String {
        let text = date.formatted(.iso8601)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }

    static func time(_ date: Date) -> String {
        let text = date.formatted(.iso8601)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}
