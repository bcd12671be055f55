import Glibc
import LWS
import Linux
import Synchronization
import Testing

@testable import Bridge

@Suite(.timeLimit(.minutes(1)))
struct DoorTests {
    // MARK: The gate in front of the real server

    @Test(arguments: ["/v1", "/display", "/port"], [LoopbackAddress.version4, .version6])
    func aPageIsLetInAtBothAddresses(route: String, address: LoopbackAddress) async throws {
        try await OpenDoor.with { door in
            var handshake = Handshake(route: route, port: door.port)
            handshake["Host"] = "\(address.urlHost):\(door.port)"
            let wire = try Wire(port: door.port, address: address)
            await wire.write(handshake.text)
            #expect(await WebSocketClient(over: wire).readStatus() == 101)
        }
    }

    @Test func theAnswerToAHandshakeIsExact() async throws {
        try await OpenDoor.with { door in
            let wire = try Wire(port: door.port)
            await wire.write(Handshake(route: "/v1", port: door.port).text)
            let expected = """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                Sec-WebSocket-Protocol: lodger.v1\r
                \r

                """
            let answer = await wire.read()
            // RFC 6455's own example of a key; and no extension, though deflate was offered.
            #expect(answer == Array(expected.utf8))
        }
    }

    @Test func everyBadOriginIsTurnedAwayOnEveryRoute() async throws {
        try await OpenDoor.with { door in
            for route in ["/v1", "/display", "/port", "/", "/info", "/bridge", "/nothing"] {
                for origin in badOrigins + [nil] {
                    let status = try await door.status(of: Handshake(route: route, port: door.port, origin: origin))
                    #expect(status == 403, "\(route) from \(origin ?? "nobody")")
                }
                var rebound = Handshake(route: route, port: door.port)
                rebound["Host"] = "rebind.example:\(door.port)"
                #expect(try await door.status(of: rebound) == 421)
                var twice = Handshake(route: route, port: door.port)
                twice.fields.append(("Host", "127.0.0.1:\(door.port)"))
                #expect(try await door.status(of: twice) == 400)
                var absolute = Handshake(route: "http://127.0.0.1:\(door.port)\(route)", port: door.port)
                #expect(try await door.status(of: absolute) == 400)
                absolute.method = "CONNECT"
                #expect(try await door.status(of: absolute) == 400)
            }
            #expect(door.machine.isUntouched)
        }
    }

    @Test func goodOriginsAreLetIn() async throws {
        try await OpenDoor.with { door in
            for origin in goodOrigins {
                let status = try await door.status(of: Handshake(route: "/v1", port: door.port, origin: origin))
                #expect(status == 101, "\(origin)")
            }
        }
    }

    @Test func plainRequestsAreAnsweredAndEnded() async throws {
        try await OpenDoor.with { door in
            for (target, start) in [
                ("/info", "HTTP/1.1 200 OK\r\n"), ("/bridge", "HTTP/1.1 200 OK\r\n"),
                ("/", "HTTP/1.1 404 Not Found\r\n"),
                ("/v1", "HTTP/1.1 426 Upgrade Required\r\n"),
            ] {
                let wire = try Wire(port: door.port)
                await wire.write("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(door.port)\r\n\r\n")
                let answer = String(decoding: await wire.readToEnd() ?? [], as: UTF8.self)
                #expect(answer.hasPrefix(start))
                let body = answer.split(separator: "\r\n\r\n", maxSplits: 1)
                #expect(answer.contains("Content-Length: \(body.last?.utf8.count ?? 0)\r\n"))
            }
        }
    }

    @Test func everyHelperWindowHasANonceOfItsOwn() async throws {
        try await OpenDoor.with { door in
            var nonces: Set<Substring> = []
            for _ in 0..<3 {
                let wire = try Wire(port: door.port)
                await wire.write("GET /bridge HTTP/1.1\r\nHost: 127.0.0.1:\(door.port)\r\n\r\n")
                let answer = String(decoding: await wire.readToEnd() ?? [], as: UTF8.self)
                let nonce = try #require(answer.split(separator: "'nonce-").last?.prefix { $0 != "'" })
                #expect(nonce.utf8.count >= 20)
                #expect(answer.contains("<script nonce=\"\(nonce)\">"))
                nonces.insert(nonce)
            }
            #expect(nonces.count == 3)
        }
    }

    // MARK: Heads that come badly

    @Test func aHeadMayComeByteByByte() async throws {
        try await OpenDoor.with { door in
            let wire = try Wire(port: door.port)
            for byte in Handshake(route: "/v1", port: door.port).text.utf8 { await wire.write([byte]) }
            #expect(await WebSocketClient(over: wire).readStatus() == 101)
        }
    }

    @Test func aSlowHeadEnds() async throws {
        var limits = BridgeLimits()
        limits.headPatience = .milliseconds(100)
        try await OpenDoor.with(limits: limits) { door in
            let wire = try Wire(port: door.port)
            await wire.write("GET /v1 HTTP/1.1\r\n")
            let client = WebSocketClient(over: wire)
            #expect(await client.readStatus() == 408)
            #expect(await client.readsEnd())
        }
    }

    @Test func aSlowHeadEndsThoughItNeverRests() async throws {
        var limits = BridgeLimits()
        limits.headPatience = .milliseconds(200)
        try await OpenDoor.with(limits: limits) { door in
            let wire = try Wire(port: door.port)
            let dribbling = Task {
                await wire.write("GET /v1 HTTP/1.1\r\nX: ")
                while await wire.write("x") { try? await Task.sleep(for: .milliseconds(20)) }  // It ends with the wire.
            }
            #expect(await WebSocketClient(over: wire).readStatus() == 408)
            wire.finishWriting()
            await dribbling.value
        }
    }

    @Test func aHeadIsNeverLongerThanItsLimit() async throws {
        try await OpenDoor.with { door in
            var handshake = Handshake(route: "/v1", port: door.port)
            handshake["X"] = ""
            handshake["X"] = String(repeating: "x", count: 8192 - handshake.text.utf8.count)
            #expect(handshake.text.utf8.count == 8192)
            #expect(try await door.status(of: handshake) == 101)
            handshake["X"]?.append("x")
            #expect(try await door.status(of: handshake) == 431)
            let wire = try Wire(port: door.port)
            await wire.write(String(repeating: "x", count: 1 << 20))
            #expect(await WebSocketClient(over: wire).readStatus() == 431)
        }
    }

    @Test func nobodySpeaksOnBeforeTheAnswer() async throws {
        try await OpenDoor.with { door in
            let head = Handshake(route: "/v1", port: door.port).text
            let plain = "GET /info HTTP/1.1\r\nHost: 127.0.0.1:\(door.port)\r\n\r\n"
            for junk in [head + "x", head + head, plain + plain, plain + "POST / HTTP/1.1\r\n\r\n"] {
                let wire = try Wire(port: door.port)
                await wire.write(junk)
                let client = WebSocketClient(over: wire)
                #expect(await client.readStatus() == 400)
                #expect(await client.readsEnd())
            }
        }
    }

    @Test func randomJunkNeverStopsTheServer() async throws {
        try await OpenDoor.with { door in
            for _ in 0..<50 {
                let wire = try Wire(port: door.port)
                await wire.write((0..<Int.random(in: 1...3000)).map { _ in UInt8.random(in: 0...255) })
                wire.finishWriting()
                _ = await wire.readToEnd()
            }
            #expect(try await door.status(of: Handshake(route: "/v1", port: door.port)) == 101)
        }
    }

    // MARK: Crowds

    @Test func aSilentConnectionWaitsLongerThanAHeadMay() async throws {
        var limits = BridgeLimits()
        limits.headPatience = .milliseconds(50)
        limits.lingering = .milliseconds(50)
        limits.pingInterval = .milliseconds(50)
        try await OpenDoor.with(limits: limits) { door in
            let wire = try Wire(port: door.port)
            // Far beyond every limit that there is, as a browser's question to its user is.
            #expect(await wire.staysSilent(for: .seconds(1)))
            await wire.write(Handshake(route: "/v1", port: door.port).text)
            #expect(await WebSocketClient(over: wire).readStatus() == 101)
        }
    }
}

extension FakeMachine {
    var isUntouched: Bool { redeemed.withLock { $0.isEmpty } }
}
