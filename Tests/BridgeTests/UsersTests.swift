import Glibc
import Linux
import Logging
import Subprocess
import Testing

@testable import Bridge

/// What is between us and another user of this computer; only root can be two users.
@Suite(.timeLimit(.minutes(1)), .enabled(if: geteuid() == 0))
struct UsersTests {
    private static let nobody: UInt32 = 65534

    /// Runs Python as nobody and hands its first line to the body, at whose end it is told to stop.
    private func asNobody<Value: Sendable>(
        _ script: String, _ body: (String) async throws -> Value
    ) async throws -> Value {
        let user = "\(Self.nobody)"
        return try await Subprocess.run(
            .name("setpriv"),
            arguments: ["--reuid", user, "--regid", user, "--clear-groups", "/usr/bin/python3", "-c", script],
            input: .inputWriter, output: .sequence, error: .currentStandardError
        ) { execution in
            for try await line in execution.standardOutput.strings() {
                return try await body(line.filter { $0 != "\n" })
            }
            return try await body("")
        }.closureResult
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func anotherUserIsTurnedAwayUnread(host: String) async throws {
        try await OpenDoor.with { door in
            let script = """
                import socket
                s = socket.create_connection(("\(host)", \(door.port)))
                s.settimeout(5)
                try:
                    s.sendall(b"GET /info HTTP/1.1\\r\\nHost: 127.0.0.1:\(door.port)\\r\\n\\r\\n")
                    print(s.recv(1000), flush=True)
                except ConnectionError:
                    print(b"", flush=True)
                """
            let line = try await asNobody(script) { $0 }
            #expect(line == "b''")
            let wire = try Wire(port: door.port)
            await wire.write("GET /info HTTP/1.1\r\nHost: 127.0.0.1:\(door.port)\r\n\r\n")
            #expect(await WebSocketClient(over: wire).readStatus() == 200)
        }
    }

    @Test(arguments: LoopbackAddress.allCases)
    func aSquatterOfEitherAddressIsNamed(address: LoopbackAddress) async throws {
        let script = """
            import socket, sys
            version6 = \(address == .version6 ? "True" : "False")
            s = socket.socket(socket.AF_INET6 if version6 else socket.AF_INET)
            s.bind(("::1" if version6 else "127.0.0.1", 0))
            s.listen()
            print(s.getsockname()[1], flush=True)
            sys.stdin.read()
            """
        try await asNobody(script) { line in
            let port = try #require(UInt16(line))
            let error = #expect(throws: BridgeError.self) {
                try BridgeServer(
                    configuration: .init(port: port, developmentSites: false, version: "1"), broker: nil,
                    relays: FakeMachine().source, logger: Logger(label: "test"))
            }
            #expect(error == .portTaken(address: "\(address.urlHost):\(port)", owner: Self.nobody))
            // The other half of the pair was let go again.
            let other: LoopbackAddress = address == .version4 ? .version6 : .version4
            let free = try LoopbackListener(binding: other, port: port)
            #expect(free.port == port)
        }
    }
}
