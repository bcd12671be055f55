package import Addresses

extension SessionBroker {
    /// A page's control connection begins; its events end when it is disconnected, or when it does not read them.
    package func connect(_ connection: ConnectionIdentifier, from site: SiteOrigin) -> AsyncStream<SessionEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: SessionEvent.self, bufferingPolicy: .bufferingOldest(rules.eventsHeld))
        connections[connection] = Connection(site: site, since: clock.moment, events: continuation)
        tally.connections += 1
        return stream
    }

    package func disconnect(_ connection: ConnectionIdentifier) {
        connections.removeValue(forKey: connection)?.events.finish()
        for session in sessions.keys where sessions[session]?.attached.remove(connection) != nil {
            tell(.pageLeft, of: session, ["pages": "\(sessions[session]?.attached.count ?? 0)"])
            guard sessions[session]?.attached.isEmpty == true else { continue }
            sessions[session]?.abandoned = .now
            deadlinesChanged.release(.now)
        }
    }

    /// The sessions of the connection's own site.
    package func sessions(over connection: ConnectionIdentifier) throws(SessionError) -> [SessionSummary] {
        let site = try site(of: connection)
        return sessions.values.filter { $0.record.site == site }.map(\.summary).sorted { $0.name < $1.name }
    }

    func site(of connection: ConnectionIdentifier) throws(SessionError) -> SiteOrigin {
        guard let site = connections[connection]?.site else { throw .cancelled }
        return site
    }

    /// A session that this connection opened; one that it did not might as well not exist.
    @discardableResult
    func attached(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) throws(SessionError) -> Session {
        guard let current = sessions[session], current.attached.contains(connection) else { throw .unknownSession }
        return current
    }

    func attach(_ connection: ConnectionIdentifier, to session: SessionIdentifier) {
        // The page may have gone while the owner thought.
        guard connections[connection] != nil else { return }
        if sessions[session]?.attached.insert(connection).inserted == true {
            tell(.pageAttached, of: session, ["connection": "\(connection)"])
        }
        sessions[session]?.abandoned = nil
        deadlinesChanged.release(.now)
    }

    /// Tells every page of a session.
    func tell(_ session: SessionIdentifier, _ event: SessionEvent) {
        for connection in sessions[session]?.attached ?? [] { tell(connection, event) }
    }

    func tell(_ connection: ConnectionIdentifier, _ event: SessionEvent) {
        guard case .dropped? = connections[connection]?.events.yield(event) else { return }
        // A page that lags so far behind has lost track: it learns more from a new connection.
        connections[connection]?.events.finish()
    }

    func publish(_ session: SessionIdentifier) {
        guard let summary = sessions[session]?.summary else { return }
        tell(session, .changed(summary))
    }
}

/// A page's control connection, as the broker knows it.
struct Connection {
    let site: SiteOrigin
    /// When it came.
    let since: StoryMoment
    let events: AsyncStream<SessionEvent>.Continuation
}
