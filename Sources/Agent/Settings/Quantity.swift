/// Sizes and times as people write them: a whole number and a unit.
package enum Quantity {
    /// `512MiB`, `4GiB`, `1TiB`.
    package static func bytes(_ text: String) -> Int64? {
        value(of: text, units: [("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)])
    }

    /// `500KiB/s`, `5MiB/s`.
    package static func bytesPerSecond(_ text: String) -> Int64? {
        value(of: text, units: [("KiB/s", 1 << 10), ("MiB/s", 1 << 20), ("GiB/s", 1 << 30)])
    }

    /// `90min`, `12h`, `7d`.
    package static func minutes(_ text: String) -> Int64? {
        value(of: text, units: [("min", 1), ("h", 60), ("d", 24 * 60)])
    }

    /// With the largest unit that leaves at least one; a fraction has one digit.
    package static func text(ofBytes bytes: Int64) -> String {
        let units: [(String, Int64)] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        guard let (unit, size) = units.first(where: { $0.1 <= bytes }) else { return "\(bytes)B" }
        let tenths = (bytes / (size / 1024) * 10 + 512) / 1024
        return tenths % 10 == 0 ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
    }

    private static func value(of text: String, units: [(name: String, size: Int64)]) -> Int64? {
        guard let unit = units.first(where: { text.hasSuffix($0.name) }) else { return nil }
        let digits = text.dropLast(unit.name.count)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(digits)
        else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: unit.size)
        return overflow ? nil : value
    }
}
