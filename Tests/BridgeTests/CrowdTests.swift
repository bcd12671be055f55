import Testing

@testable import Bridge

/// Many at the door at once: who is let in, who has to go, and that the others do not notice.
@Suite(.timeLimit(.minutes(1)))
struct CrowdTests {
    @Test func ofSilentConnectionsTheOldestGoes() async throws {
        var limits = BridgeLimits()
        limits.firstBytePatience = .zero
        try await OpenDoor.with(limits: limits) { door in
            let limit = BridgeLimits().silentConnections
            var wires: [Wire] = []
            for _ in 0..<limit { wires.append(try Wire(port: door.port)) }
            // One that has spoken, and has been heard, is silent no more and does not count.
            await wires[5].write("GARBAGE\r\n\r\n")
            #expect(await WebSocketClient(over: wires[5]).readStatus() == 400)
            wires.append(try Wire(port: door.port))
            #expect(await wires[0].staysSilent(for: .milliseconds(100)))
            wires.append(try Wire(port: door.port))
            #expect(await wires[0].readToEnd() == [])
            #expect(await wires[1].staysSilent(for: .milliseconds(20)))
            let last = try #require(wires.last)
            await last.write(Handshake(route: "/v1", port: door.port).text)
            #expect(await WebSocketClient(over: last).readStatus() == 101)
        }
    }

    @Test func whoHasJustComeIsNotYetSilent() async throws {
        var limits = BridgeLimits()
        limits.firstBytePatience = .seconds(30)
        try await OpenDoor.with(limits: limits) { door in
            let first = try Wire(port: door.port)
            var others: [Wire] = []
            for _ in 0..<(2 * limits.silentConnections) { others.append(try Wire(port: door.port)) }
            let last = try #require(others.last)
            await last.write(Handshake(route: "/v1", port: door.port).text)
            #expect(await WebSocketClient(over: last).readStatus() == 101)
            await first.write(Handshake(route: "/v1", port: door.port).text)
            #expect(await WebSocketClient(over: first).readStatus() == 101)
        }
    }

    @Test func tenThousandConnectionsDoNoHarm() async throws {
        try await OpenDoor.with { door in
            let (page, machine) = try await door.stream()
            for _ in 0..<10_000 { try Wire(port: door.port).close() }
            #expect(try await door.status(of: Handshake(route: "/v1", port: door.port)) == 101)
            await machine.write("still here")
            #expect(await page.readFrame()?.text == "still here")
        }
    }

    @Test func aSiteHasSixteenSocketsAndNoMore() async throws {
        try await OpenDoor.with { door in
            let limit = BridgeLimits().socketsPerSite
            var pages: [WebSocketClient] = []
            for index in 0..<limit {
                pages.append(try await WebSocketClient.open(["/v1", "/display", "/port"][index % 3], at: door.port))
            }
            let handshake = Handshake(route: "/v1", port: door.port)
            #expect(try await door.status(of: handshake) == 429)
            let other = Handshake(route: "/v1", port: door.port, origin: "https://other.example")
            #expect(try await door.status(of: other) == 101)
            pages.removeLast().wire.close()
            try await until("room again") {
                // A refusal is what is waited out.
                (try? await door.status(of: handshake)) == 101
            }
        }
    }

    @Test func thereIsAnEndToAllConnectionsTogether() async throws {
        var limits = BridgeLimits()
        limits.connections = 6
        try await OpenDoor.with(limits: limits) { door in
            var pages: [WebSocketClient] = []
            for _ in 0..<6 { pages.append(try await WebSocketClient.open("/display", at: door.port)) }
            let seventh = try Wire(port: door.port)
            #expect(await seventh.readToEnd() == [])
            pages.removeLast().wire.close()
            try await until("room again") {
                (try? await door.status(of: Handshake(route: "/v1", port: door.port))) == 101  // The same.
            }
        }
    }

    @Test func slowHeadsKeepNobodyOut() async throws {
        var limits = BridgeLimits()
        limits.connections = 6
        try await OpenDoor.with(limits: limits) { door in
            var slow: [Wire] = []
            for _ in 0..<6 {
                slow.append(try Wire(port: door.port))
                await slow.last?.write("GET /v1 HTTP/1.1\r\n")
            }
            // The door has heard them all.
            #expect(await slow[5].staysSilent(for: .milliseconds(200)))
            #expect(try await door.status(of: Handshake(route: "/v1", port: door.port)) == 101)
            #expect(await slow[0].readToEnd() == [])
            #expect(await slow[5].staysSilent(for: .milliseconds(20)))
        }
    }

    @Test func theLimitsAreThoseThatWerePromised() {
        let limits = BridgeLimits()
        #expect(limits.connections == 2048)
        #expect(limits.silentConnections == 32)
        #expect(limits.socketsPerSite == 16)
        #expect(limits.head == 8192)
        #expect(limits.headPatience == .seconds(10))
        #expect(limits.message == 65536)
        #expect(limits.ticketPatience == .seconds(10))
        #expect(limits.pingInterval == .seconds(30))
        #expect(limits.requestsAtOnce == 16)
    }
}
