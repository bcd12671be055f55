import CTOML
package import StrictJSON

/// A TOML file that does not parse.
package struct TOMLError: Error, Equatable, CustomStringConvertible {
    /// A sentence that names the line.
    package let description: String
}

/// A TOML text, read by toml++.
package struct TOMLDocument: Sendable {
    /// What the text says; dates are strings.
    package let members: [String: JSONValue]

    package init(parsing text: String) throws(TOMLError) {
        var failure: UnsafeMutablePointer<CChar>?
        let text = Array(text.utf8CString)
        guard let result = lodger_toml_to_json(text, text.count - 1, &failure) else {
            defer { lodger_toml_free(failure) }
            throw TOMLError(description: failure.map { String(cString: $0) } ?? "cannot be read")
        }
        defer { lodger_toml_free(result) }
        do throws(JSONFault) {
            members = try JSONValue(parsing: Array(String(cString: result).utf8)).object ?? [:]
        } catch {
            throw TOMLError(description: error.reason)
        }
    }
}
