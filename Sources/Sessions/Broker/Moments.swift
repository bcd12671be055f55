/// Moments that many may wait for, each under a key.
struct Moments<Key: Hashable & Sendable>: Sendable {
    private var waiting: [Key: [AsyncStream<Void>.Continuation]] = [:]

    /// A stream that ends at the key's next moment, or with the task that waits.
    mutating func wait(for key: Key) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        waiting[key, default: []].append(continuation)
        return stream
    }

    /// The moment has come.
    mutating func release(_ key: Key) {
        for continuation in waiting.removeValue(forKey: key) ?? [] { continuation.finish() }
    }
}

/// Waits for the end of a stream.
func finish(_ stream: AsyncStream<Void>) async {
    for await _ in stream {}
}

/// Whether a stream ends within a time.
func finishes(_ stream: AsyncStream<Void>, within limit: Duration) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
        group.addTask {
            await finish(stream)
            return true
        }
        group.addTask {
            // Cut short only when the other has won.
            try? await Task.sleep(for: limit)
            return false
        }
        let first = await group.next() ?? false
        group.cancelAll()
        return first
    }
}
