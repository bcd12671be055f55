import Addresses
import LWS
import Linux
package import Logging
package import Sessions
import Synchronization
import Wire

/// The browser's door: listens on this computer's loopback addresses and serves the pages that its gate lets in.
package final class BridgeServer: Sendable {
    package struct Configuration: Sendable {
        /// 0 takes any that is free.
        package var port: UInt16
        /// Whether pages on `http://localhost` count as sites.
        package var developmentSites: Bool
        /// Listening sockets that whoever started us has handed over.
        package var inheritedSockets: [CInt]
        /// The daemon's own version, for pages to see.
        package var version: String

        package init(port: UInt16 = 5624, developmentSites: Bool, inheritedSockets: [CInt] = [], version: String) {
            self.port = port
            self.developmentSites = developmentSites
            self.inheritedSockets = inheritedSockets
            self.version = version
        }
    }

    private let configuration: Configuration
    private let limits: BridgeLimits
    private let broker: SessionBroker?
    private let relays: RelaySource
    private let logger: Logger
    private let gate: Gate
    private let listeners: Mutex<LoopbackPair?>
    private let errands: (stream: AsyncStream<Errand>, continuation: AsyncStream<Errand>.Continuation)
    private let owners: Mutex<SocketOwners?>

    package var port: UInt16 { gate.port }

    /// Binds the port's two addresses; connections are accepted from `run()` on.
    package convenience init(
        configuration: Configuration, limits: BridgeLimits = BridgeLimits(), broker: SessionBroker, logger: Logger
    ) throws(BridgeError) {
        let relays = RelaySource { (ticket, use, site) async throws(SessionError) in
            try await broker.redeem(ticket, for: use, from: site)
        }
        try self.init(configuration: configuration, limits: limits, broker: broker, relays: relays, logger: logger)
    }

    /// The same with displays and ports that come from elsewhere; without a broker there is no control connection.
    package init(
        configuration: Configuration, limits: BridgeLimits = BridgeLimits(), broker: SessionBroker?,
        relays: RelaySource, logger: Logger
    ) throws(BridgeError) {
        self.configuration = configuration
        self.limits = limits
        self.broker = broker
        self.relays = relays
        self.logger = logger
        let owners = try Self.socketOwners()
        let pair = try LoopbackPair.open(
            port: configuration.port, inherited: configuration.inheritedSockets, owners: owners)
        gate = Gate(port: pair.port, developmentSites: configuration.developmentSites)
        if pair.version6 == nil {
            logger.warning("this computer has no IPv6 loopback address: listening on 127.0.0.1 alone")
        }
        listeners = Mutex(pair)
        self.owners = Mutex(owners)
        errands = AsyncStream.makeStream(of: Errand.self)
    }

    private static func socketOwners() throws(BridgeError) -> SocketOwners {
        do {
            return try SocketOwners()
        } catch {
            throw .cannotTellUsersApart(error)
        }
    }

    /// Serves until `shutdown()` or until the task is cancelled; a second call returns at once.
    package func run() async {
        guard let owners = owners.withLock({ $0.take() }), let pair = listeners.withLock({ $0.take() }) else { return }
        let door = await Door(
            gate: gate, limits: limits, owners: owners, logger: logger, errands: errands.continuation)
        await door.listen(on: pair)
        logger.info("listening", metadata: ["port": "\(port)"])
        await withDiscardingTaskGroup { group in
            for await errand in errands.stream {
                group.addTask {
                    switch errand {
                    case .serve(let visit): await self.serve(visit)
                    case .finish(let work): await work()
                    }
                }
            }
            await door.close()
            group.cancelAll()
        }
    }

    /// Lets nobody in any more and ends what is open; `run()` returns.
    package func shutdown() {
        errands.continuation.finish()
    }

    private func serve(_ visit: Visit) async {
        switch visit.route {
        case .control:
            guard let broker else { return await visit.socket.close(.internalError) }
            let connection = ControlConnection(
                over: visit.socket, broker: broker, gate: gate, limits: limits, daemon: configuration.version,
                logger: logger, errands: errands.continuation)
            await connection.run()
        case .display: await RelayOpening(socket: visit.socket, use: .display, source: relays, logger: logger).run()
        case .port: await RelayOpening(socket: visit.socket, use: .port, source: relays, logger: logger).run()
        }
    }
}
