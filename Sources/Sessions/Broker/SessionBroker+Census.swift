/// Everything that is counted, at one moment.
package struct Census: Sendable {
    package let tally: Tally
    package let connections: Int
    /// By their state.
    package let sessions: [String: Int]
    /// Bytes to and from pages.
    package let sent: Int
    package let received: Int
}

extension SessionBroker {
    package func census() -> Census {
        let phases = Dictionary(grouping: sessions.values) { $0.state.phase.rawValue }
        let (sent, received) = traffic.counts
        return Census(
            tally: tally, connections: connections.count, sessions: phases.mapValues(\.count), sent: sent,
            received: received)
    }
}
