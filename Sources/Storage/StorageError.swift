package import SystemPackage

/// A file or folder of ours that cannot be read or written.
package struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    package let operation: String
    package let path: String
    package let reason: String
    /// Whether more room is all that it takes.
    package let diskIsFull: Bool

    package init(operation: String, path: String, reason: String) {
        self.operation = operation
        self.path = path
        self.reason = reason
        diskIsFull = false
    }

    package init(operation: String, path: FilePath, _ error: Errno) {
        self.operation = operation
        self.path = path.string
        reason = error.description
        diskIsFull = error == .noSpace || error == .diskQuotaExceeded
    }

    package var description: String { "cannot \(operation) \(path): \(reason)" }
}
