/// A file or folder of ours that cannot be read or written.
package struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    package let operation: String
    package let path: String
    package let reason: String

    package init(operation: String, path: String, reason: String) {
        self.operation = operation
        self.path = path
        self.reason = reason
    }

    package var description: String { "cannot \(operation) \(path): \(reason)" }
}
