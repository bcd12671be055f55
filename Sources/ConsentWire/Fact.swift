/// One thing that an owner is told, in words: a row of the window or a line in a terminal.
package struct Fact: Hashable, Sendable {
    package let kind: Kind
    package let title: String
    /// Each is short enough for a line of its own.
    package let parts: [String]

    package var text: String { parts.joined(separator: " · ") }

    package enum Kind: Hashable, Sendable, CaseIterable {
        case name
        case download
        case processors
        case memory
        case disk
        case network
        case page
        case files
        case lifetime
    }

    package init(_ kind: Kind, _ title: String, _ parts: String...) {
        self.init(kind, title, parts: parts)
    }

    package init(_ kind: Kind, _ title: String, parts: [String]) {
        self.kind = kind
        self.title = title
        self.parts = parts
    }
}

/// Something that speaks against allowing.
package struct Warning: Hashable, Sendable {
    package let severity: Severity
    package let title: String
    package let text: String

    package enum Severity: Hashable, Sendable {
        case caution
        case danger
    }

    package init(_ severity: Severity, _ title: String, _ text: String) {
        self.severity = severity
        self.title = title
        self.text = text
    }
}

/// What is shown only to those who look for it.
package struct Detail: Hashable, Sendable {
    package let title: String
    package let text: String

    package init(_ title: String, _ text: String) {
        self.title = title
        self.text = text
    }
}
