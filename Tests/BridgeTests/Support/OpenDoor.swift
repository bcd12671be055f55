import Addresses
import Glibc
import Logging
import Sessions
import Synchronization

@testable import Bridge

/// A real server on a free port, whose displays and ports are socket pairs: a scope for one test.
final class OpenDoor: Sendable {
    let server: BridgeServer
    let machine: FakeMachine

    var port: UInt16 { server.port }

    private init(
        _ configuration: BridgeServer.Configuration, _ limits: BridgeLimits, machine: FakeMachine
    ) throws {
        self.machine = machine
        server = try BridgeServer(
            configuration: configuration, limits: limits, broker: nil, relays: machine.source,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    static func with(
        limits: BridgeLimits = BridgeLimits(), developmentSites: Bool = false, inherited: [CInt] = [],
        _ body: (OpenDoor) async throws -> Void
    ) async throws {
        let configuration = BridgeServer.Configuration(
            port: 0, developmentSites: developmentSites, inheritedSockets: inherited, version: "1.2.3")
        let door = try OpenDoor(configuration, limits, machine: FakeMachine())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await door.server.run() }
            defer { door.server.shutdown() }
            try await body(door)
        }
    }

    /// The status with which one request is answered.
    func status(of handshake: Handshake) async throws -> Int? {
        let wire = try Wire(port: port)
        await wire.write(handshake.text)
        return await WebSocketClient(over: wire).readStatus()
    }

    /// A relay that is ready, and the machine's end of it.
    func stream(
        _ route: String = "/display", shrunk: Bool = false
    ) async throws -> (page: WebSocketClient, machine: Wire) {
        let page = try await WebSocketClient.open(route, at: port, shrunk: shrunk)
        await page.send(text: "good")
        guard await page.readText() == #"{"event":"ready"}"# else { throw NotReady() }
        return (page, try machine.takeEnd())
    }

    struct NotReady: Error {}
}

/// Gives a stream for the ticket `good` and keeps the machine's end of it.
final class FakeMachine: Sendable {
    struct Redeemed: Sendable {
        let ticket: String
        let use: TicketUse
        let site: SiteOrigin?
    }

    private let ends = Mutex<[CInt]>([])
    let redeemed = Mutex<[Redeemed]>([])
    /// Whether redeeming a ticket takes for ever.
    let hangs = Mutex(false)
    let withdrawn = Mutex(0)

    var source: RelaySource {
        RelaySource { [self] (ticket, use, site) async throws(SessionError) in
            redeemed.withLock { $0.append(Redeemed(ticket: ticket.description, use: use, site: site)) }
            if hangs.withLock({ $0 }) {
                // Ends with the task that waits.
                try? await Task.sleep(for: .seconds(3600))
                withdrawn.withLock { $0 += 1 }
                throw .cancelled
            }
            guard ticket.description == "good" else { throw .ticketInvalid }
            return try connect()
        }
    }

    private func connect() throws(SessionError) -> ConnectedSocket {
        var pair: [CInt] = [0, 0]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &pair) == 0 else { throw .host(.failed("no socket pair")) }
        let far = pair[1]
        ends.withLock { $0.append(far) }
        return ConnectedSocket(owning: pair[0])
    }

    /// The machine's end of the oldest stream that nobody has taken.
    func takeEnd() throws -> Wire {
        let end = ends.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let end else { throw OpenDoor.NotReady() }
        return Wire(owning: end)
    }

    deinit { for end in ends.withLock({ $0 }) { close(end) } }
}
