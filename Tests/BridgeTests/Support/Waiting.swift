import Testing

/// Waits until something is so; a test that waits in vain fails after ten seconds.
func until(
    _ what: Comment, _ fact: @Sendable () async -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    for _ in 0..<1000 {
        if await fact() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what, sourceLocation: sourceLocation)
}
