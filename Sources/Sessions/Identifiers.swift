import FoundationEssentials

/// A session of one site: our own UUID in lower case.
package struct SessionIdentifier: Hashable, Sendable, Codable, CustomStringConvertible {
    package let description: String

    package init() { description = UUID().uuidString.lowercased() }

    package init?(_ text: String) {
        guard let uuid = UUID(uuidString: text), uuid.uuidString.lowercased() == text else { return nil }
        description = text
    }
}

/// One run of a machine: a new UUID at each start, so that what comes late from an earlier run is told apart.
package struct MachineIdentifier: Hashable, Sendable, Codable, CustomStringConvertible {
    package let description: String

    package init() { description = UUID().uuidString.lowercased() }

    package init?(_ text: String) {
        guard let uuid = UUID(uuidString: text), uuid.uuidString.lowercased() == text else { return nil }
        description = text
    }
}

/// A question to the owner.
package struct ConsentIdentifier: Hashable, Sendable, Codable, CustomStringConvertible {
    package let description: String

    package init() { description = UUID().uuidString.lowercased() }

    package init?(_ text: String) {
        guard let uuid = UUID(uuidString: text), uuid.uuidString.lowercased() == text else { return nil }
        description = text
    }
}

/// One control connection of a page.
package struct ConnectionIdentifier: Hashable, Sendable {
    private let value = UUID()

    package init() {}
}
