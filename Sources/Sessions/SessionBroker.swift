package import Addresses

/// A page's wish to have a session.
package struct OpenRequest: Sendable {
    package let configuration: SecureURL
    package let resume: ResumeToken?

    package init(configuration: SecureURL, resume: ResumeToken?) {
        self.configuration = configuration
        self.resume = resume
    }
}

package struct OpenedSession: Sendable {
    package let summary: SessionSummary
    /// New where the owner was asked or the old one was used up; the page keeps it.
    package let resume: ResumeToken?

    package init(summary: SessionSummary, resume: ResumeToken?) {
        self.summary = summary
        self.resume = resume
    }
}

/// Everything between a page's wish and a machine: fetch, verify, limits, consent, images, start.
package actor SessionBroker {
    /// A page's control connection begins; its events end when it is disconnected.
    package func connect(_ connection: ConnectionIdentifier, from site: SiteOrigin) -> AsyncStream<SessionEvent> {
        AsyncStream { _ in }
    }

    package func disconnect(_ connection: ConnectionIdentifier) {}

    package func open(
        _ request: OpenRequest, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> OpenedSession { throw .unknownSession }

    /// Fetches what is missing and starts the machine; returns when its processor runs.
    package func start(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> SessionSummary { throw .unknownSession }

    package func pause(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> SessionSummary { throw .unknownSession }

    package func resume(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> SessionSummary { throw .unknownSession }

    /// The power button first, then off; returns when nothing of the machine is left.
    package func stop(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> SessionSummary { throw .unknownSession }

    /// Stops the machine at once and removes the session and its grant for this page.
    package func forget(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) {}

    /// The sessions of the connection's own site.
    package func sessions(over connection: ConnectionIdentifier) throws(SessionError) -> [SessionSummary] { [] }

    package func displayTicket(
        for session: SessionIdentifier, over connection: ConnectionIdentifier
    ) throws(SessionError) -> Ticket { throw .unknownSession }

    package func portTicket(
        for session: SessionIdentifier, port: UInt16, over connection: ConnectionIdentifier
    ) throws(SessionError) -> Ticket { throw .unknownSession }

    /// Uses a ticket up and opens what it stands for.
    ///
    /// `site` is the origin of the page, or `nil` where our own bridge page speaks for one.
    package func redeem(
        _ ticket: Ticket, for use: TicketUse, from site: SiteOrigin?
    ) async throws(SessionError) -> ConnectedSocket { throw .ticketInvalid }
}

package enum TicketUse: Sendable, Hashable {
    case display
    case port
}
