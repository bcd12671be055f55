/// The members of an object and of the objects in it, side by side, as older daemons read them.
///
/// Texts and whole numbers of 32 bits count. A later name takes the place of an earlier one, in the byte order of the names.
package struct FlatMembers: Sendable {
    package private(set) var texts: [String: String] = [:]
    /// What older daemons dropped though somebody may have meant it: yes and no as 1 and 0, nothing as an empty text.
    package private(set) var alternates: [String: String] = [:]

    package init(_ object: [String: JSONValue]) { add(object) }

    /// Whether no two names differ in upper and lower case alone.
    package var namesAreDistinct: Bool {
        let names = Array(texts.keys) + Array(alternates.keys)
        return Set(names.map { $0.lowercased() }).count == names.count
    }

    private mutating func add(_ object: [String: JSONValue]) {
        for (name, value) in object.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            switch value {
            case .string(let text): set(name, text)
            case .integer(let number) where Int32(exactly: number) != nil: set(name, "\(number)")
            case .object(let inner): add(inner)
            case .bool(let flag): setAlternate(name, flag ? "1" : "0")
            case .null: setAlternate(name, "")
            case .integer, .otherNumber, .array: break
            }
        }
    }

    private mutating func set(_ name: String, _ text: String) {
        texts[name] = text
        alternates[name] = nil
    }

    private mutating func setAlternate(_ name: String, _ text: String) {
        if texts[name] == nil { alternates[name] = text }
    }
}
