/// The one thread that runs `lws_service`, as an actor: whatever touches a socket of a browser is isolated to it.
///
/// It starts with its first use and lives as long as the process. A callback of the library is on this actor already; it
/// need not, and must not, wait for anything.
@globalActor
package actor ServiceLoop {
    package static let shared = ServiceLoop()

    private let executor = LoopExecutor()

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Where channels are adopted; only to be read on the loop's own thread.
    nonisolated var virtualHost: OpaquePointer? { executor.virtualHost }

    /// Runs what the compiler cannot know to be on the loop's thread: the callbacks of the library.
    static func assumeIsolated<Result: Sendable>(_ operation: @ServiceLoop () -> Result) -> Result {
        assert(shared.executor.isCurrent, "not on the service loop's thread")
        return withoutActuallyEscaping(operation) { escaping in
            // Isolation changes no calling convention of a synchronous function.
            unsafeBitCast(escaping, to: (() -> Result).self)()
        }
    }
}
