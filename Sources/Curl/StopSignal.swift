import CCurl
import Synchronization

/// Ends a transfer from another thread, also one that waits for the network.
final class StopSignal: Sendable {
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var isStopped = false
        /// Cleared before the handle goes away.
        nonisolated(unsafe) var waiting: UnsafeMutableRawPointer?
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            if let waiting = state.waiting { curl_multi_wakeup(waiting) }
        }
    }

    func watch(_ handle: UnsafeMutableRawPointer?) {
        nonisolated(unsafe) let waiting = handle
        state.withLock { $0.waiting = waiting }
    }
}
