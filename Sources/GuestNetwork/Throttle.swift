/// Lets frames through at a rate, in their order; what cannot wait any longer is lost, as on a slow line.
package struct Throttle {
    /// What waits at the most, in bytes.
    private static let room = 512 << 10

    /// In bytes a second.
    private let rate: Double
    /// What may go at once after a pause.
    private let burst: Double
    private var credit: Double
    private var asOf: ContinuousClock.Instant
    private var frames: [[UInt8]] = []
    private var first = 0
    private var waiting = 0

    package init(rate: Int64, at now: ContinuousClock.Instant) {
        self.rate = Double(rate)
        burst = max(Double(rate) / 10, 65536)
        credit = burst
        asOf = now
    }

    package mutating func add(_ frame: ArraySlice<UInt8>) {
        guard waiting + frame.count <= Self.room else { return }
        frames.append(Array(frame))
        waiting += frame.count
    }

    /// The next frame whose time has come.
    package mutating func next(at now: ContinuousClock.Instant) -> [UInt8]? {
        guard first < frames.count else { return nil }
        let (seconds, attoseconds) = (now - asOf).components
        credit = min(burst, credit + (Double(seconds) + Double(attoseconds) / 1e18) * rate)
        asOf = now
        // A frame may be owed for: otherwise one that is larger than the burst would never go.
        guard credit > 0 else { return nil }
        let frame = frames[first]
        credit -= Double(frame.count)
        waiting -= frame.count
        first += 1
        if first == frames.count || first > 1024 {
            frames.removeFirst(first)
            first = 0
        }
        return frame
    }

    /// How long nothing can go; nil where nothing waits.
    package var wait: Duration? {
        first < frames.count ? .milliseconds(Int64(max(0, -credit) / rate * 1000) + 1) : nil
    }
}
