/// Gives up waiting when the time is over.
enum Deadline {
    static func run<Value: Sendable>(
        until deadline: ContinuousClock.Instant, _ body: @escaping @Sendable () async throws(FetchError) -> Value
    ) async throws(FetchError) -> Value {
        let result = await withTaskGroup(of: Result<Value, FetchError>.self) { group in
            group.addTask {
                do throws(FetchError) { return .success(try await body()) } catch { return .failure(error) }
            }
            group.addTask {
                // Ended early only by being cancelled, when the other result is there or nobody waits.
                try? await Task.sleep(until: deadline)
                return .failure(Task.isCancelled ? .cancelled : .timedOut)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(.cancelled)
        }
        return try result.get()
    }
}
