import FoundationEssentials
import MachineConfig
import Sessions
import Synchronization

/// Tells listeners how far a download is, at most ten times a second each.
final class ProgressMeter: Sendable {
    typealias Listener = @Sendable (ImageProgress) -> Void

    private let digest: SHA256Digest
    private let total: Int64
    private let state = Mutex(State())

    private struct State {
        var listeners: [UUID: Listener] = [:]
        var bytes: Int64 = 0
        var told: ContinuousClock.Instant?
        /// What was there when, over the last seconds, oldest first.
        var samples: [(at: ContinuousClock.Instant, bytes: Int64)] = []
    }

    private static let interval = Duration.milliseconds(100)
    private static let window = Duration.seconds(3)

    init(of digest: SHA256Digest, total: Int64) {
        self.digest = digest
        self.total = total
    }

    func add(_ identifier: UUID, _ listener: @escaping Listener) {
        state.withLock { $0.listeners[identifier] = listener }
    }

    func remove(_ identifier: UUID) {
        state.withLock { $0.listeners[identifier] = nil }
    }

    /// So many bytes are there now.
    func reached(_ bytes: Int64) {
        let now = ContinuousClock.now
        let due: (progress: ImageProgress, to: [Listener])? = state.withLock { state in
            // Starting anew, or the end, is told at once.
            let isTurn = bytes < state.bytes || bytes == total
            if bytes < state.bytes { state.samples = [] }
            state.bytes = bytes
            if !isTurn, let told = state.told, now - told < Self.interval { return nil }
            state.told = now
            state.samples.append((now, bytes))
            while state.samples.count > 2, now - state.samples[0].at > Self.window { state.samples.removeFirst() }
            return (
                ImageProgress(digest: digest, bytes: bytes, total: total, rate: Self.rate(state.samples)),
                Array(state.listeners.values)
            )
        }
        if let due { due.to.forEach { $0(due.progress) } }
    }

    private static func rate(_ samples: [(at: ContinuousClock.Instant, bytes: Int64)]) -> Int64 {
        guard let first = samples.first, let last = samples.last else { return 0 }
        let (seconds, attoseconds) = (last.at - first.at).components
        let time = Double(seconds) + Double(attoseconds) / 1e18
        return time > 0 ? Int64(Double(last.bytes - first.bytes) / time) : 0
    }
}
