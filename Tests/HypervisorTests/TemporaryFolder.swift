import FoundationEssentials
import SystemPackage

/// Gives a new folder to the body and removes it after.
func withTemporaryFolder<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
    let base = FileManager.default.temporaryDirectory.path
    let folder = FilePath(base).appending("lodger-\(UUID().uuidString.prefix(8).lowercased())")
    try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
    // A folder that stays behind does no harm to the test's result.
    defer { try? FileManager.default.removeItem(atPath: folder.string) }
    return try await body(folder)
}
