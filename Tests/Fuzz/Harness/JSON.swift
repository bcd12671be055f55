import FoundationEssentials
import StrictJSON

@testable import Wire

/// The strict reader of JSON against another one, and against its own writer.
@Sendable func fuzzJSON(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes) else { return }
    demand(depth(value) <= 16, "nested too deeply")
    let written = value.text
    guard let again = try? JSONValue(parsing: written) else { fatalError("what was written does not read back") }
    demand(again == exact(value), "another value reads back")
    demand(again.text == written, "a second writing differs")
    guard value == exact(value) else { return }
    guard let other = try? JSONDecoder().decode(OtherJSON.self, from: Data(bytes)) else {
        fatalError("another reader takes it for no JSON")
    }
    demand(other.value.text == written, "another reader takes it for something else")
}

/// A value as it can be written: what was no exact integer is null.
private func exact(_ value: JSONValue) -> JSONValue {
    switch value {
    case .otherNumber: .null
    case .array(let elements): .array(elements.map(exact))
    case .object(let members): .object(members.mapValues(exact))
    case .null, .bool, .integer, .string: value
    }
}

private func depth(_ value: JSONValue) -> Int {
    switch value {
    case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
    case .object(let members): 1 + (members.values.map(depth).max() ?? 0)
    case .null, .bool, .integer, .otherNumber, .string: 1
    }
}

/// JSON as FoundationEssentials reads it.
private struct OtherJSON: Decodable {
    let value: JSONValue

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            value = .null
        } else if let bool = try? single.decode(Bool.self) {
            value = .bool(bool)
        } else if let integer = try? single.decode(Int64.self) {
            value = .integer(integer)
        } else if let string = try? single.decode(String.self) {
            value = .string(string)
        } else if let elements = try? single.decode([OtherJSON].self) {
            value = .array(elements.map(\.value))
        } else {
            value = .object(try single.decode([String: OtherJSON].self).mapValues(\.value))
        }
    }
}
