/// The head of one HTTP request, as it came: only the strict form of RFC 9112, nothing that two readers could take for
/// two things.
struct RequestHead: Equatable {
    let method: String
    let target: String
    /// By their names in lower case; no name comes twice.
    let fields: [String: String]

    subscript(name: String) -> String? { fields[name] }

    /// The items of a list field, in lower case and without spaces around them.
    func list(_ name: String) -> [String] {
        (fields[name] ?? "").split(separator: ",").map { String(Self.trimmed($0)).lowercased() }
    }
}

extension RequestHead {
    /// Parses the bytes before the empty line; `nil` for everything that is not exactly a head.
    init?(parsing bytes: ArraySlice<UInt8>) {
        // Everything of a head is text of one byte a character; what is beyond ASCII can only stand in values.
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }) else {
            return nil
        }
        guard var lines = Self.lines(of: bytes), !lines.isEmpty else { return nil }
        let words = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1", Self.isToken(words[0]), Self.isTarget(words[1]) else {
            return nil
        }
        method = String(words[0])
        target = String(words[1])
        var fields: [String: String] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let name = line[..<colon]
            guard Self.isToken(name) else { return nil }
            let value = String(Self.trimmed(line[line.index(after: colon)...]))
            guard fields.updateValue(value, forKey: name.lowercased()) == nil else { return nil }
        }
        self.fields = fields
    }

    /// Lines end with CR LF; neither stands alone, and no line continues the one before.
    private static func lines(of bytes: ArraySlice<UInt8>) -> [Substring]? {
        // A byte beyond ASCII becomes a character that has no place in a name or a target, and joins with no other.
        let text = String(String.UnicodeScalarView(bytes.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{FFFD}" }))
        // CR LF is one character of a String.
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let clean = lines.allSatisfy { line in
            !line.isEmpty && line.first != " " && line.first != "\t" && !line.contains { $0 == "\r" || $0 == "\n" }
        }
        return clean ? lines : nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// The origin form only: a path, and perhaps a query.
    private static func isTarget(_ text: Substring) -> Bool {
        text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
    }
}
