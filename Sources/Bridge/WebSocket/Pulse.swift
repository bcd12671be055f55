/// Tells a living connection from a dead one, by what happened between two beats of a timer; a plain value.
struct Pulse {
    enum Verdict: Equatable {
        /// Send a ping.
        case ask
        case dead
    }

    /// Pings that may stay without an answer.
    private static let patience = 2
    private var heardSomething = false
    private var gotThrough = false
    private var missed = 0

    /// Bytes came in.
    mutating func heard() { heardSomething = true }

    /// Bytes went out, which they do only as long as the other side reads.
    mutating func progress() { gotThrough = true }

    /// The time between two pings is over.
    ///
    /// While we do not read we cannot hear: that is no fault of the other side.
    mutating func beat(readingPaused: Bool) -> Verdict {
        beat(alive: heardSomething || gotThrough || readingPaused)
    }

    /// The same while the connection closes: what comes in then proves nothing.
    mutating func closingBeat() -> Verdict { beat(alive: gotThrough) }

    private mutating func beat(alive: Bool) -> Verdict {
        heardSomething = false
        gotThrough = false
        missed = alive ? 0 : missed + 1
        return missed > Self.patience ? .dead : .ask
    }
}
