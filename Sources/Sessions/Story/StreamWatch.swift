import Synchronization

/// Counts what goes through one stream of a machine, and tells when its first byte came and how it ended.
///
/// Called on the service loop for every piece that is moved, so it costs two additions.
package final class StreamWatch: Sendable {
    /// What it tells.
    enum Word: Sendable {
        case firstByte
        case ended(sent: Int, received: Int)
    }

    private let traffic: StreamCounts
    private let clock: StoryClock
    private let tell: @Sendable (StoryMoment, Word) -> Void
    private let sentBytes = Atomic<Int>(0)
    private let receivedBytes = Atomic<Int>(0)

    init(traffic: StreamCounts, clock: StoryClock, tell: @escaping @Sendable (StoryMoment, Word) -> Void) {
        self.traffic = traffic
        self.clock = clock
        self.tell = tell
    }

    /// Whoever moves the bytes lets go of it at the stream's end.
    deinit {
        let (sent, received) = (sentBytes.load(ordering: .relaxed), receivedBytes.load(ordering: .relaxed))
        tell(clock.moment, .ended(sent: sent, received: received))
    }

    /// Bytes went to the page.
    package func sent(_ count: Int) {
        traffic.sent.wrappingAdd(count, ordering: .relaxed)
        if sentBytes.wrappingAdd(count, ordering: .relaxed).oldValue == 0 { tell(clock.moment, .firstByte) }
    }

    /// Bytes came from the page.
    package func received(_ count: Int) {
        traffic.received.wrappingAdd(count, ordering: .relaxed)
        receivedBytes.wrappingAdd(count, ordering: .relaxed)
    }
}

/// What all streams have moved, in bytes, since the daemon began.
package final class StreamCounts: Sendable {
    let sent = Atomic<Int>(0)
    let received = Atomic<Int>(0)

    var counts: (sent: Int, received: Int) {
        (sent.load(ordering: .relaxed), received.load(ordering: .relaxed))
    }
}
