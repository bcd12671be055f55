package import SystemPackage

/// Why a settings file is not taken.
package struct SettingsFault: Error, Sendable, Hashable, CustomStringConvertible {
    package let file: FilePath
    /// A path into the file, such as `limits.cpus`; `nil` where the file as a whole is at fault.
    package let field: String?
    /// What follows the field in a sentence.
    package let reason: String

    package init(file: FilePath, field: String? = nil, reason: String) {
        self.file = file
        self.field = field
        self.reason = reason
    }

    package var description: String {
        if let field { "\(file): \(field) \(reason)" } else { "\(file): \(reason)" }
    }
}
