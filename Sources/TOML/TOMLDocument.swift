import CTOML
import FoundationEssentials

/// A TOML file that does not parse.
package struct TOMLError: Error, Equatable, CustomStringConvertible {
    /// A sentence that names the line.
    package let description: String
}

/// A TOML text, read by toml++ and decoded like JSON.
package struct TOMLDocument: Sendable {
    private let json: Data

    package init(parsing text: String) throws(TOMLError) {
        var failure: UnsafeMutablePointer<CChar>?
        let text = Array(text.utf8CString)
        guard let result = lodger_toml_to_json(text, text.count - 1, &failure) else {
            defer { lodger_toml_free(failure) }
            throw TOMLError(description: failure.map { String(cString: $0) } ?? "cannot be read")
        }
        defer { lodger_toml_free(result) }
        json = Data(String(cString: result).utf8)
    }

    package func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: json)
    }
}
