import FoundationEssentials

/// A session of one site: our own UUID in lower case.
package struct SessionIdentifier: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    package var description: String { rawValue }

    package init() { rawValue = UUID().uuidString.lowercased() }

    package init?(_ text: String) { self.init(rawValue: text) }

    package init?(rawValue: String) {
        guard let uuid = UUID(uuidString: rawValue), uuid.uuidString.lowercased() == rawValue else { return nil }
        self.rawValue = rawValue
    }
}

/// One run of a machine: a new UUID at each start, so that what comes late from an earlier run is told apart.
package struct MachineIdentifier: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    package var description: String { rawValue }

    package init() { rawValue = UUID().uuidString.lowercased() }

    package init?(_ text: String) { self.init(rawValue: text) }

    package init?(rawValue: String) {
        guard let uuid = UUID(uuidString: rawValue), uuid.uuidString.lowercased() == rawValue else { return nil }
        self.rawValue = rawValue
    }
}

/// A question to the owner.
package struct ConsentIdentifier: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    package var description: String { rawValue }

    package init() { rawValue = UUID().uuidString.lowercased() }

    package init?(_ text: String) { self.init(rawValue: text) }

    package init?(rawValue: String) {
        guard let uuid = UUID(uuidString: rawValue), uuid.uuidString.lowercased() == rawValue else { return nil }
        self.rawValue = rawValue
    }
}

/// One control connection of a page.
package struct ConnectionIdentifier: Hashable, Sendable, CustomStringConvertible {
    private let value = UUID()

    package init() {}

    /// Enough to tell connections apart in a log.
    package var description: String { value.uuidString.prefix(8).lowercased() }
}
