import Glibc

/// Runs work that blocks on a thread of its own, away from the pool that runs everything else.
///
/// For work that a stranger can hold up: nothing else ever waits for it.
package enum OwnThread {
    /// Suspends until the body has returned; cancelling does not end the body.
    package static func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            start { continuation.resume(returning: Result { () throws(Failure) in try body() }) }
        }
        return try result.get()
    }

    /// Starts a detached thread; where none can be had, the caller's own does the work.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(ThreadBody(body))
        var thread = pthread_t()
        if pthread_create(&thread, nil, threadMain, box.toOpaque()) == 0 {
            pthread_detach(thread)
        } else {
            box.takeRetainedValue().run()
        }
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// A function of the file, so that no actor's isolation is inherited.
private func threadMain(_ body: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let body { Unmanaged<ThreadBody>.fromOpaque(body).takeRetainedValue().run() }
    return nil
}
