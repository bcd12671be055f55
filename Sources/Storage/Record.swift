/// A record that a folder keeps: its file is named by `identifier`.
package protocol Record: Codable, Sendable {
    /// Letters, digits, `-` and `_` only; anything else is a programming error.
    var identifier: String { get }

    /// The version of the shape that is written now; higher than what a file has when members changed their meaning.
    static var schema: Int { get }

    /// Reads the shape of an earlier version.
    static func upgraded(from schema: Int, _ decoder: any Decoder) throws -> Self
}

extension Record {
    package static var schema: Int { 1 }

    package static func upgraded(from schema: Int, _ decoder: any Decoder) throws -> Self { try Self(from: decoder) }
}

/// A record as its file has it: with the version of its shape beside its members.
struct Kept<Content: Record>: Codable {
    let record: Content

    private enum Member: String, CodingKey {
        case schema
    }

    init(_ record: Content) { self.record = record }

    init(from decoder: any Decoder) throws {
        // The first version wrote no number.
        let schema = try decoder.container(keyedBy: Member.self).decodeIfPresent(Int.self, forKey: .schema) ?? 1
        switch schema {
        case Content.schema: record = try Content(from: decoder)
        case 1..<Content.schema: record = try Content.upgraded(from: schema, decoder)
        case ..<1:
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no schema has the number \(schema)"))
        default: throw NewerSchema(schema: schema)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(Content.schema, forKey: .schema)
        try record.encode(to: encoder)
    }
}

/// A file of a later version of Lodger.
struct NewerSchema: Error {
    let schema: Int
}
