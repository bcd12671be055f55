import Addresses

/// Which addresses the allowed names have meant lately, and on which ports.
struct LearntAddresses: Sendable {
    /// More are not kept: a name that means ever new addresses opens no more than these.
    static let limit = 512

    private var ends: [IPAddress: [UInt16: ContinuousClock.Instant]] = [:]

    mutating func add(
        _ address: IPAddress, ports: [UInt16], until end: ContinuousClock.Instant, at now: ContinuousClock.Instant
    ) {
        if ends[address] == nil, ends.count >= Self.limit { makeRoom(at: now) }
        for port in ports { ends[address, default: [:]][port] = max(end, ends[address]?[port] ?? end) }
    }

    func holds(_ address: IPAddress, port: UInt16, at now: ContinuousClock.Instant) -> Bool {
        ends[address]?[port].map { now < $0 } ?? false
    }

    /// Forgets what is over, or else what would be over first.
    private mutating func makeRoom(at now: ContinuousClock.Instant) {
        let last = ends.mapValues { $0.values.max() ?? now }
        for (address, end) in last where end <= now { ends[address] = nil }
        guard ends.count >= Self.limit, let first = last.min(by: { $0.value < $1.value }) else { return }
        ends[first.key] = nil
    }
}
