package import Addresses
package import Sessions

/// Opens what a ticket stands for; `SessionBroker.redeem` in the daemon.
package struct RelaySource: Sendable {
    let redeem: @Sendable (Ticket, TicketUse, SiteOrigin?) async throws(SessionError) -> ConnectedSocket

    package init(
        redeem: @escaping @Sendable (Ticket, TicketUse, SiteOrigin?) async throws(SessionError) -> ConnectedSocket
    ) {
        self.redeem = redeem
    }
}
