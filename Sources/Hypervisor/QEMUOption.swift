import FoundationEssentials

/// A value on QEMU's command line.
enum QEMUOption {
    /// JSON, because in QEMU's own notation a comma in a path ends the value.
    static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            preconditionFailure("what is only strings, numbers and booleans always encodes: \(error)")
        }
    }
}
