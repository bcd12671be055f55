package import Addresses
import MachineConfig
import Trust

package enum TicketUse: Sendable, Hashable {
    case display
    case port
}

extension SessionBroker {
    package func displayTicket(
        for session: SessionIdentifier, over connection: ConnectionIdentifier
    ) throws(SessionError) -> Ticket {
        let current = try attached(session, over: connection)
        guard current.record.configuration.display else { throw .noDisplay }
        return try issue(for: current, port: nil)
    }

    package func portTicket(
        for session: SessionIdentifier, port: UInt16, over connection: ConnectionIdentifier
    ) throws(SessionError) -> Ticket {
        let current = try attached(session, over: connection)
        guard current.record.configuration.ports.contains(port) else { throw .unknownPort(port) }
        return try issue(for: current, port: port)
    }

    private func issue(for session: Session, port: UInt16?) throws(SessionError) -> Ticket {
        try requireMachine(session)
        let ticket = Ticket(Secret.text())
        tickets.issue(ticket, for: session.record.session, on: session.record.site, port: port, now: .now)
        return ticket
    }

    /// Uses a ticket up and opens what it stands for.
    ///
    /// `site` is the origin of the page, or `nil` where our own bridge page speaks for one.
    package func redeem(
        _ ticket: Ticket, for use: TicketUse, from site: SiteOrigin?
    ) async throws(SessionError) -> ConnectedSocket {
        guard let entry = tickets.redeem(ticket, for: use, from: site, now: .now),
            let session = sessions[entry.session]
        else { throw .ticketInvalid }
        let machine = try requireMachine(session)
        let beginning = clock.moment
        let details = entry.port.map { ["stream": "port", "port": "\($0)"] } ?? ["stream": "display"]
        let socket: ConnectedSocket
        do {
            if let port = entry.port {
                socket = try await host.openPort(port, of: machine)
            } else {
                socket = try await host.openDisplay(of: machine)
            }
        } catch {
            throw .host(error)
        }
        tell(entry.port == nil ? .displayOpened : .portOpened, of: entry.session, details, since: beginning)
        return ConnectedSocket(
            owning: socket.take(), watchedBy: watch(entry.session, details, since: beginning))
    }

    @discardableResult
    private func requireMachine(_ session: Session) throws(SessionError) -> MachineIdentifier {
        switch session.state.phase {
        case .running, .paused, .stopping:
            guard let machine = session.state.machine else { throw .wrongPhase(session.state.phase) }
            return machine
        case .stopped, .preparing, .starting:
            throw .wrongPhase(session.state.phase)
        }
    }
}
