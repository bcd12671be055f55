import Glibc
import LWS
import Linux
import Logging
import SystemPackage

/// Everything between a TCP connection and a WebSocket that may be served: who comes, how many, and through which gate.
@ServiceLoop
final class Door {
    nonisolated let gate: Gate
    nonisolated let limits: BridgeLimits
    nonisolated let logger: Logger
    private let owners: SocketOwners
    private let ourselves = geteuid()
    private let errands: AsyncStream<Errand>.Continuation
    private var listeners: [Channel] = []
    /// Those that have not sent a byte, the oldest first.
    private var silent: [Arrival] = []
    /// Those that have, in the order of their first bytes.
    private var speaking: [Arrival] = []
    private var sockets: [ObjectIdentifier: WebSocket] = [:]
    private var socketsOf: [Visitor: Int] = [:]
    private var saidLookupFails = false

    init(
        gate: Gate, limits: BridgeLimits, owners: consuming SocketOwners, logger: Logger,
        errands: AsyncStream<Errand>.Continuation
    ) {
        self.gate = gate
        self.limits = limits
        self.owners = owners
        self.logger = logger
        self.errands = errands
    }

    /// Connections and WebSockets together.
    var count: Int { silent.count + speaking.count + sockets.count }

    /// Watches both sockets, which are the loop's from now on.
    func listen(on pair: consuming LoopbackPair) {
        let (version4, version6) = pair.take()
        for descriptor in [version4, version6].compactMap(\.self) { listen(on: descriptor) }
    }

    private func listen(on descriptor: CInt) {
        guard let channel = Channel(adopting: descriptor, as: .file, owner: Listener(of: self)) else {
            logger.error("cannot watch a listening socket")
            return
        }
        listeners.append(channel)
    }

    /// Lets nobody in any more and sends everybody away.
    func close() {
        for listener in listeners { listener.close() }
        listeners = []
        for arrival in silent + speaking { arrival.drop() }
        for socket in sockets.values { socket.goAway() }
    }

    // MARK: Connections

    /// Takes over an accepted connection; it is another user's, or too much, it ends unread.
    func receive(_ descriptor: CInt) {
        guard isOurs(descriptor) else {
            Glibc.close(descriptor)
            return
        }
        if count >= limits.connections {
            guard let arrival = expendable else {
                Glibc.close(descriptor)
                return
            }
            arrival.drop()
        }
        let arrival = Arrival(at: self)
        guard arrival.begin(on: descriptor) else { return }
        silent.append(arrival)
        while silent.count > limits.silentConnections, isLate(silent[limits.silentConnections]) { silent[0].drop() }
    }

    /// Whom to drop for another: those who have long been expected to say what they want before those who are about to.
    private var expendable: Arrival? {
        if let oldest = silent.first, isLate(oldest) { return oldest }
        return speaking.first ?? silent.first
    }

    private func isLate(_ arrival: Arrival) -> Bool {
        arrival.since.duration(to: .now) >= limits.firstBytePatience
    }

    /// Browsers of other users of this computer reach this door as easily as ours.
    private func isOurs(_ descriptor: CInt) -> Bool {
        do {
            let owner = try owners.ownerOfPeer(of: descriptor)
            if owner == ourselves { return true }
            logger.notice("turned away a connection", metadata: ["user": "\(owner.map(String.init) ?? "gone")"])
        } catch {
            if !saidLookupFails { logger.error("cannot tell users apart", metadata: ["reason": "\(error)"]) }
            saidLookupFails = true
        }
        return false
    }

    func spoke(_ arrival: Arrival) {
        silent.removeAll { $0 === arrival }
        speaking.append(arrival)
    }

    func ended(_ arrival: Arrival) {
        silent.removeAll { $0 === arrival }
        speaking.removeAll { $0 === arrival }
    }

    // MARK: WebSockets

    /// Makes a WebSocket of a connection that passed the gate.
    func upgrade(_ channel: Channel, of arrival: Arrival, to route: Route, for visitor: Visitor, key: String)
        throws(Refusal)
    {
        guard socketsOf[visitor, default: 0] < limits.socketsPerSite else { throw .tooManySockets }
        let response = HTTPResponse.switchingProtocols(
            accept: AcceptKey.answer(to: key), subprotocol: route.subprotocol)
        ended(arrival)
        let socket = WebSocket(over: channel, at: self, for: visitor, textOnly: route == .control)
        sockets[ObjectIdentifier(socket)] = socket
        socketsOf[visitor, default: 0] += 1
        channel.send(response.span)
        if route != .control { socket.expectMessage(within: limits.ticketPatience) }
        errands.yield(.serve(Visit(socket: socket, route: route)))
    }

    func ended(_ socket: WebSocket) {
        guard sockets.removeValue(forKey: ObjectIdentifier(socket)) != nil else { return }
        let left = socketsOf[socket.visitor, default: 1] - 1
        socketsOf[socket.visitor] = left > 0 ? left : nil
    }
}
