package import FoundationEssentials

/// The two clocks of a story: one says the date, and may be set; the other only goes on.
package struct StoryClock: Sendable {
    package let now: @Sendable () -> Date
    /// Since some moment that stays the same.
    package let elapsed: @Sendable () -> Duration

    package init(now: @escaping @Sendable () -> Date, elapsed: @escaping @Sendable () -> Duration) {
        self.now = now
        self.elapsed = elapsed
    }

    /// Now, by both.
    var moment: StoryMoment { StoryMoment(time: now(), elapsed: elapsed()) }

    /// The computer's own.
    package static var system: StoryClock {
        let origin = ContinuousClock.now
        return StoryClock(now: { Date() }, elapsed: { ContinuousClock.now - origin })
    }
}

/// A moment by both clocks.
struct StoryMoment: Sendable, Hashable {
    let time: Date
    let elapsed: Duration
}

extension Duration {
    /// With three digits after the point.
    package var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1000 + (Double(attoseconds) / 1e12).rounded() / 1000
    }
}
