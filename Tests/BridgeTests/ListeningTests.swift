import Glibc
import Linux
import Logging
import Testing

@testable import Bridge

@Suite(.timeLimit(.minutes(1)))
struct ListeningTests {
    private func server(port: UInt16, inherited: [CInt] = []) throws(BridgeError) -> BridgeServer {
        try BridgeServer(
            configuration: .init(port: port, developmentSites: false, inheritedSockets: inherited, version: "1"),
            broker: nil, relays: FakeMachine().source,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    @Test func aTakenPortIsSaidAndNotShared() throws {
        let first = try server(port: 0)
        let error = #expect(throws: BridgeError.self) { try server(port: first.port) }
        #expect(error == .portTaken(address: "127.0.0.1:\(first.port)", owner: geteuid()))
        #expect(error?.description.contains("127.0.0.1:\(first.port) is taken by a program of user") == true)
    }

    @Test func bothAddressesOfThePortAreOurs() throws {
        let server = try server(port: 0)
        for address in LoopbackAddress.allCases {
            #expect(throws: (any Error).self) { _ = try LoopbackListener(binding: address, port: server.port) }
        }
    }

    @Test func thePortIsFreeAgainWhenTheServerGoes() async throws {
        var port: UInt16 = 0
        try await OpenDoor.with { door in
            port = door.port
            let page = try await WebSocketClient.open("/display", at: port)
            // A connection that the server ended lingers in the kernel; that must not keep the port.
            door.server.shutdown()
            #expect(await page.readsEnd())
        }
        try await until("free") { [port] in (try? server(port: port)) != nil }  // Until then it is taken.
    }

    @Test func socketsThatAreHandedOverAreServed() async throws {
        let version4 = try LoopbackListener(binding: .version4, port: 0)
        let port = version4.port
        let version6 = try LoopbackListener(binding: .version6, port: port)
        try await OpenDoor.with(inherited: [version6.take(), version4.take()]) { door in
            #expect(door.port == port)
            #expect(try await door.status(of: Handshake(route: "/v1", port: port)) == 101)
            let wire = try Wire(port: port, address: .version6)
            await wire.write(Handshake(route: "/v1", port: port).text)
            #expect(await WebSocketClient(over: wire).readStatus() == 101)
        }
    }

    @Test func theOtherHalfOfAPairIsBoundBesideWhatIsHandedOver() async throws {
        let version4 = try LoopbackListener(binding: .version4, port: 0)
        let port = version4.port
        try await OpenDoor.with(inherited: [version4.take()]) { door in
            #expect(door.port == port)
            #expect(throws: (any Error).self) { _ = try LoopbackListener(binding: .version6, port: port) }
        }
    }

    @Test func whatIsHandedOverMustBeOneOfOurs() throws {
        let everywhere = try StrangeSocket(address: 0, listens: true)
        let silent = try StrangeSocket(address: 0x7F00_0001, listens: false)
        for socket in [everywhere, silent] {
            let error = #expect(throws: BridgeError.self) { try server(port: 0, inherited: [socket.descriptor]) }
            #expect(error == .inheritedSocketUnusable(socket.descriptor))
        }
        let other = try LoopbackListener(binding: .version4, port: 0)
        let taken = try LoopbackListener(binding: .version4, port: 0)
        let descriptor = other.take()
        let error = #expect(throws: BridgeError.self) { try server(port: taken.port, inherited: [descriptor]) }
        #expect(error == .inheritedSocketUnusable(descriptor))
    }
}

/// A socket that no sensible starter would hand over.
private final class StrangeSocket {
    let descriptor: CInt

    init(address: UInt32, listens: Bool) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = address.bigEndian
        let bound = withUnsafeBytes(of: &place) {
            bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
        guard bound == 0, !listens || listen(descriptor, 1) == 0 else { throw WireError(call: "bind", number: errno) }
    }

    deinit { close(descriptor) }
}
