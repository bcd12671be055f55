import Addresses
import FoundationEssentials
import MachineConfig
import Sessions
import Synchronization

/// One download that several callers wait for: the first does the work, the others follow.
final class SharedDownload: Sendable {
    let reference: ImageReference
    let meter: ProgressMeter

    /// What a follower does next.
    enum Outcome: Sendable {
        /// Look again: the file is there, or the work is free to be taken up where it was left.
        case look
        case failed(ImageStoreError)
        case cancelled
    }

    private struct State {
        var outcome: Outcome?
        var followers: [UUID: CheckedContinuation<Outcome, Never>] = [:]
        var cancelled: Set<UUID> = []
    }

    private let state = Mutex(State())

    init(_ reference: ImageReference) {
        self.reference = reference
        meter = ProgressMeter(of: reference.digest, total: reference.size)
    }

    /// Waits for the caller who does the work; cancelling ends the wait and nothing else.
    func follow(_ progress: @escaping ProgressMeter.Listener) async -> Outcome {
        let identifier = UUID()
        meter.add(identifier, progress)
        defer { meter.remove(identifier) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Outcome? = state.withLock { state in
                    if state.cancelled.contains(identifier) { return .cancelled }
                    if let outcome = state.outcome { return outcome }
                    state.followers[identifier] = continuation
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            let follower = state.withLock { state in
                state.cancelled.insert(identifier)
                return state.followers.removeValue(forKey: identifier)
            }
            follower?.resume(returning: .cancelled)
        }
    }

    /// The work is over, one way or the other.
    func end(_ outcome: Outcome) {
        let followers = state.withLock { state in
            state.outcome = outcome
            defer { state.followers = [:] }
            return state.followers.values
        }
        followers.forEach { $0.resume(returning: outcome) }
    }
}
