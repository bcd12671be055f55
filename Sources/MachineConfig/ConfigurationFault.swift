/// Why a configuration is not valid: the field and what to write instead.
package struct ConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A path into the document, such as `disks[0].sha256`.
    package let field: String
    /// A sentence that says what the field must be.
    package let reason: String

    package init(field: String, reason: String) {
        self.field = field
        self.reason = reason
    }

    package var description: String { "\(field): \(reason)" }
}
