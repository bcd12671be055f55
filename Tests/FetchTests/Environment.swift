import Glibc

/// Sets a variable of this process for as long as the body runs.
func withEnvironment(_ name: String, _ value: String, _ body: () async throws -> Void) async throws {
    setenv(name, value, 1)
    defer { unsetenv(name) }
    try await body()
}
