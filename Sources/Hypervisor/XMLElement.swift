/// An element of an XML document, whose values are escaped when it is written.
struct XMLElement {
    private let name: StaticString
    private let attributes: [(name: StaticString, value: String)]
    private let content: Content

    private enum Content {
        case text(String)
        case elements([XMLElement])
    }

    /// Names are the program's own, so only values need care.
    init(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ elements: [XMLElement] = []) {
        self.name = name
        self.attributes = attributes.map { ($0.key, $0.value) }
        content = .elements(elements)
    }

    init(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], text: String) {
        self.name = name
        self.attributes = attributes.map { ($0.key, $0.value) }
        content = .text(text)
    }

    /// A value holds a character that XML cannot hold, not even escaped.
    struct Unwritable: Error, Hashable {
        let element: String
    }

    /// The element as text, indented by two spaces a level.
    func written(indentation: String = "") throws(Unwritable) -> String {
        var start = "\(indentation)<\(name)"
        for (attribute, value) in attributes { start += " \(attribute)='\(try escape(value))'" }
        switch content {
        case .elements(let elements):
            if elements.isEmpty { return start + "/>\n" }
            var text = start + ">\n"
            for element in elements { text += try element.written(indentation: indentation + "  ") }
            return text + "\(indentation)</\(name)>\n"
        case .text(let value):
            return start + ">\(try escape(value))</\(name)>\n"
        }
    }

    private func escape(_ value: String) throws(Unwritable) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "'": escaped += "&apos;"
            case "\"": escaped += "&quot;"
            // Unescaped, a reader turns these into spaces or drops them.
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            case "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                escaped.unicodeScalars.append(scalar)
            default: throw Unwritable(element: "\(name)")
            }
        }
        return escaped
    }
}
