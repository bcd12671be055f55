/// One line of text from outside, made harmless for the eye: what it says is its author's, where it ends is ours.
///
/// Control, bidirectional, zero-width and private characters and symbols are dropped, every run of white space becomes one
/// space, marks do not pile up, and what is too long ends in `…`. Decoding does the same again, so that a value is always
/// harmless, whoever made it.
package struct PlainLine: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// The longest line that is kept, in Unicode scalars.
    package static let longest = 300

    package init(_ text: String, limit: Int = longest) {
        var line = String.UnicodeScalarView()
        var marks = 0
        var spaceIsDue = false
        // A line that is cut is read no further, whatever its length.
        for scalar in text.unicodeScalars.prefix(limit * 8) {
            switch Self.role(of: scalar) {
            case .dropped:
                continue
            case .space:
                spaceIsDue = !line.isEmpty
                continue
            case .mark:
                marks += 1
                // A mark needs a letter to stand on, and more than two reach into the lines above and below.
                if line.isEmpty || spaceIsDue || marks > 2 { continue }
            case .letter:
                marks = 0
            }
            if spaceIsDue { line.append(" ") }
            spaceIsDue = false
            line.append(scalar)
            if line.count > limit { break }
        }
        if line.count > limit { line = String.UnicodeScalarView(line.prefix(limit - 1) + "…".unicodeScalars) }
        description = String(line)
    }

    private enum Role {
        case letter
        case mark
        case space
        case dropped
    }

    private static func role(of scalar: Unicode.Scalar) -> Role {
        if scalar.isASCII { return asciiRole(of: scalar) }
        if scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isEmojiPresentation { return .dropped }
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return .space
        case .nonspacingMark, .enclosingMark, .spacingMark: return .mark
        // Symbols can look like a badge or a button of ours.
        case .otherSymbol, .modifierSymbol, .control, .format, .surrogate, .privateUse, .unassigned: return .dropped
        default: return .letter
        }
    }

    private static func asciiRole(of scalar: Unicode.Scalar) -> Role {
        switch scalar.value {
        case 0x09...0x0D, 0x20: .space
        case 0x21...0x7E: .letter
        default: .dropped
        }
    }
}

extension PlainLine: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
