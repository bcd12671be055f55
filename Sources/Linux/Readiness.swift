import Dispatch
import Synchronization

/// Waits until a descriptor can be read or written, without holding a thread.
package enum Readiness {
    package enum Direction: Sendable {
        case reading
        case writing
    }

    package enum Outcome: Sendable, Hashable {
        case ready
        case timedOut
        case cancelled
    }

    /// The descriptor must stay open until this returns.
    package static func wait(
        for descriptor: CInt, _ direction: Direction, within patience: Duration? = nil
    ) async -> Outcome {
        let wait = DescriptorWait(descriptor, direction)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait.begin($0, within: patience) }
        } onCancel: {
            wait.end(.cancelled)
        }
    }
}

/// One wait, which ends once: the event source lets go of the descriptor before anybody is told.
private final class DescriptorWait: Sendable {
    private struct State {
        var outcome: Readiness.Outcome?
        var continuation: CheckedContinuation<Readiness.Outcome, Never>?
        var released = false
    }

    private static let queue = DispatchQueue(label: "lodger.readiness")
    /// May be used from any thread, which its type does not say.
    private nonisolated(unsafe) let source: any DispatchSourceProtocol
    private let state = Mutex(State())

    init(_ descriptor: CInt, _ direction: Readiness.Direction) {
        source =
            switch direction {
            case .reading: DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: Self.queue)
            case .writing: DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: Self.queue)
            }
        // The source holds this object until it is cancelled, which every wait comes to.
        source.setEventHandler { self.end(.ready) }
        source.setCancelHandler { self.released() }
    }

    func begin(_ continuation: CheckedContinuation<Readiness.Outcome, Never>, within patience: Duration?) {
        state.withLock { $0.continuation = continuation }
        source.activate()
        guard let patience else { return }
        let (seconds, attoseconds) = patience.components
        let deadline = DispatchTime.now() + .seconds(Int(seconds)) + .nanoseconds(Int(attoseconds / 1_000_000_000))
        Self.queue.asyncAfter(deadline: deadline) { [weak self] in self?.end(.timedOut) }
    }

    func end(_ outcome: Readiness.Outcome) {
        let first = state.withLock { state in
            guard state.outcome == nil else { return false }
            state.outcome = outcome
            return true
        }
        if first { source.cancel() }
    }

    private func released() {
        let (continuation, outcome) = state.withLock { state in
            defer { state.continuation = nil }
            return (state.continuation, state.outcome ?? .cancelled)
        }
        continuation?.resume(returning: outcome)
    }
}
