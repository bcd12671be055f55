/// The bounds of what connections may take and how long they may take it.
package struct BridgeLimits: Sendable {
    /// TCP connections in all: a thousand open pages, some hundred displays, and room for who comes meanwhile.
    package var connections = 2048
    /// Connections that have not sent a byte: a browser holds one open while it asks its user, for minutes.
    package var silentConnections = 32
    /// How long one may take with its first byte before it counts as silent: in a crowd nobody's comes at once.
    package var firstBytePatience: Duration = .seconds(1)
    /// WebSockets of one site.
    package var socketsPerSite = 16
    /// In bytes, with the request line.
    package var head = 8 * 1024
    /// From the first byte of a head to its last.
    package var headPatience: Duration = .seconds(10)
    /// A text message, in bytes.
    package var message = 64 * 1024
    /// Requests of one connection that are worked on at the same time.
    package var requestsAtOnce = 16
    /// Text that waits for a page to read it, in bytes.
    package var unread = 1 << 20
    /// How long a display or port may go without its ticket.
    package var ticketPatience: Duration = .seconds(10)
    /// Between two pings; after two that were not answered the other side counts as dead.
    package var pingInterval: Duration = .seconds(30)
    /// How long the other side may take to end a connection that we have ended.
    package var lingering: Duration = .seconds(2)

    /// What all connections may hold: each has a descriptor, a display's has one of its machine, too.
    package var descriptors: Int { 2 * connections }

    package init() {}
}
