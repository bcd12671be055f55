/// The rule for a text that a site chose and an owner is shown.
package enum DisplayText {
    /// In Unicode scalars: one character of a text can be made of thousands of them.
    package static let lengths = 1...60
    /// More marks than this on one letter would cover what stands above and below.
    private static let marks = 3

    /// Whether every part of it shows as itself, in its place, with something to see at both ends.
    package static func isHarmless(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last, first != " ", last != " " else { return false }
        var run = 0
        for scalar in scalars {
            guard isHarmless(scalar) else { return false }
            run = isMark(scalar) ? run + 1 : 0
            if run > marks { return false }
        }
        return !isMark(first)
    }

    /// What may stand in a log or on a terminal of a text that anybody may have written.
    package static func quoted(_ text: String, atMost limit: Int = 60) -> String {
        let scalars = text.unicodeScalars
        let shown = scalars.prefix(limit).map { (0x20..<0x7F).contains($0.value) ? Character($0) : "?" }
        return String(shown) + (scalars.count > limit ? "…" : "")
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        // U+2800 is a braille pattern without dots.
        default: !scalar.properties.isDefaultIgnorableCodePoint && scalar.value != 0x2800
        }
    }
}
