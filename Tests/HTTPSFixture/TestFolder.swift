import FoundationEssentials
package import SystemPackage

/// A folder that is there for as long as the body runs.
package enum TestFolder {
    package static func run<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
        let path = FilePath(FileManager.default.temporaryDirectory.path(percentEncoded: false))
            .appending("lodger-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            atPath: path.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // What cannot be removed does not change what the test has shown.
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        return try await body(path)
    }
}
