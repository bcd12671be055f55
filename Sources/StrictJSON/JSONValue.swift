/// A JSON value, read strictly: RFC 8259 with no member named twice, numbers that are exact 64-bit integers, and bounded depth.
///
/// FoundationEssentials' decoder takes the last of two members of one name; what is signed must mean one thing only.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number with a fraction or an exponent, or outside 64 bits: known to be there, of no use.
    case otherNumber
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package init(parsing bytes: [UInt8], depth: Int = 16) throws(JSONFault) {
        var reader = JSONReader(bytes: bytes, depth: depth)
        self = try reader.document()
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    package var object: [String: JSONValue]? {
        if case .object(let value) = self { value } else { nil }
    }

    /// An array of strings only.
    package var strings: [String]? {
        guard let array else { return nil }
        let strings = array.compactMap(\.string)
        return strings.count == array.count ? strings : nil
    }
}

/// Where a text is not the JSON that we take.
package struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// In bytes from the start.
    package let offset: Int
    package let reason: String

    package var description: String { "\(reason) at byte \(offset)" }
}
