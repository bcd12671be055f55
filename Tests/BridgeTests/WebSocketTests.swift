import Testing

@testable import Bridge

@Suite(.timeLimit(.minutes(1)))
struct WebSocketTests {
    @Test(arguments: [
        ("unmasked", WebSocketClient.frame(0x81, [1], masked: false), 1002),
        ("deflated", WebSocketClient.frame(0xC1, [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]), 1002),
        ("unknown opcode", WebSocketClient.frame(0x83, [1]), 1002),
        ("fragmented ping", WebSocketClient.frame(0x09, [1]), 1002),
        ("long ping", WebSocketClient.frame(0x89, [UInt8](repeating: 1, count: 126)), 1002),
        ("continuation of nothing", WebSocketClient.frame(0x80, [1]), 1002),
        ("binary on a text socket", WebSocketClient.frame(0x82, [1]), 1003),
        ("not UTF-8", WebSocketClient.frame(0x81, [0xC3, 0x28]), 1007),
        ("UTF-8 that is cut off", WebSocketClient.frame(0x81, [0xE2, 0x82]), 1007),
        ("overlong UTF-8", WebSocketClient.frame(0x81, [0xC0, 0xAF]), 1007),
        ("surrogate", WebSocketClient.frame(0x81, [0xED, 0xA0, 0x80]), 1007),
        ("too long", WebSocketClient.frame(0x81, [UInt8](repeating: 0x20, count: 65537)), 1009),
        ("half a close code", WebSocketClient.frame(0x88, [3]), 1002),
        ("close code 1005", WebSocketClient.frame(0x88, [3, 0xED]), 1002),
        ("close code 999", WebSocketClient.frame(0x88, [3, 0xE7]), 1002),
        ("close code 2999", WebSocketClient.frame(0x88, [0x0B, 0xB7]), 1002),
        ("close code 5000", WebSocketClient.frame(0x88, [0x13, 0x88]), 1002),
        ("close reason that is not UTF-8", WebSocketClient.frame(0x88, [3, 0xE8, 0xFF]), 1007),
        ("enormous", WebSocketClient.frame(0x81, [1], length: [127, 0x80, 0, 0, 0, 0, 0, 0, 0]), 1002),
    ])
    func aFrameThatIsWrongEndsTheConnectionAndNothingElse(what: String, bytes: [UInt8], code: UInt16) async throws {
        try await House.with { house in
            let port = house.server.port
            let neighbour = try await WebSocketClient.open("/v1", at: port)
            let page = try await WebSocketClient.open("/v1", at: port)
            await page.wire.write(bytes)
            let close = await page.readClose()
            #expect(close?.closeCode == code, "\(what)")
            #expect(await page.readsEnd())
            await neighbour.send(0x89, [7])
            #expect(await neighbour.readFrame() == WebSocketClient.Frame(first: 0x8A, payload: [7]))
        }
    }

    @Test func aLongMessageInFragmentsIsTooLongAsWell() async throws {
        try await House.with { house in
            let page = try await WebSocketClient.open("/v1", at: house.server.port)
            let part = [UInt8](repeating: 0x20, count: 30_000)
            await page.wire.write(
                WebSocketClient.frame(0x01, part) + WebSocketClient.frame(0x00, part)
                    + WebSocketClient.frame(0x80, part))
            let close = await page.readClose()
            #expect(close?.closeCode == 1009)
        }
    }

    @Test func aMessageInFragmentsIsOneMessage() async throws {
        try await House.with { house in
            let page = Page(socket: try await WebSocketClient.open("/v1", at: house.server.port))
            let text = Array(#"{"id":1,"request":"hello","version":1,"client":"é"}"#.utf8)
            for (index, byte) in text.enumerated() {
                let isLast = index == text.count - 1
                // A character may be cut between two fragments, and a ping may come between them.
                await page.socket.send((index == 0 ? 0x01 : 0x00) | (isLast ? 0x80 : 0), [byte])
                if index == 20 { await page.socket.send(0x89) }
            }
            #expect(try await page.answer(to: 1).problem == nil)
        }
    }

    @Test func aPingIsAnsweredWithItsPayload() async throws {
        try await OpenDoor.with { door in
            let page = try await WebSocketClient.open("/display", at: door.port)
            for payload in [[], [1], [UInt8](repeating: 9, count: 125)] {
                await page.send(0x89, payload)
                #expect(await page.readFrame() == WebSocketClient.Frame(first: 0x8A, payload: payload))
            }
        }
    }

    @Test(arguments: [[], [0x03, 0xE8], [0x0B, 0xB8], [0x13, 0x87, 0x62, 0x79, 0x65]] as [[UInt8]])
    func aCloseIsAnsweredWithItsCode(payload: [UInt8]) async throws {
        try await OpenDoor.with { door in
            let page = try await WebSocketClient.open("/v1", at: door.port, origin: "https://close.example")
            // There is no broker behind this door, so the first answer may be that there is none.
            let display = try await WebSocketClient.open("/display", at: door.port)
            await display.send(0x88, payload)
            #expect(await display.readFrame() == WebSocketClient.Frame(first: 0x88, payload: Array(payload.prefix(2))))
            #expect(await display.readsEnd())
            page.wire.close()
        }
    }

    @Test func aLivingPageIsAskedAndKept() async throws {
        var limits = BridgeLimits()
        limits.pingInterval = .milliseconds(500)
        try await House.with(limits: limits) { house in
            let page = try await WebSocketClient.open("/v1", at: house.server.port)
            for _ in 0..<5 {
                let ping = await page.readFrame()
                #expect(ping == WebSocketClient.Frame(first: 0x89, payload: []))
                await page.send(0x8A)
            }
        }
    }

    @Test func aPageThatAnswersNoPingIsGivenUp() async throws {
        var limits = BridgeLimits()
        limits.pingInterval = .milliseconds(500)
        try await House.with(limits: limits) { house in
            let page = try await WebSocketClient.open("/v1", at: house.server.port)
            var pings = 0
            while let frame = await page.readFrame() { pings += frame.first == 0x89 ? 1 : 0 }
            #expect(pings == 2)
        }
    }

    @Test func aViewerOfAStillScreenIsKept() async throws {
        var limits = BridgeLimits()
        limits.pingInterval = .milliseconds(500)
        try await OpenDoor.with(limits: limits) { door in
            let (page, machine) = try await door.stream()
            for _ in 0..<5 {
                #expect(await page.readFrame()?.first == 0x89)
                await page.send(0x8A)
            }
            await machine.write("still here")
            var frame = await page.readFrame()
            while frame?.first == 0x89 { frame = await page.readFrame() }
            #expect(frame?.text == "still here")
        }
    }

    @Test func aPageThatSendsWhileItsMachineTakesNothingIsKept() async throws {
        var limits = BridgeLimits()
        limits.pingInterval = .milliseconds(500)
        try await OpenDoor.with(limits: limits) { door in
            let (page, machine) = try await door.stream("/port")
            let size = 8 << 20
            let writing = Task {
                var pattern = Pattern()
                while pattern.position < size { await page.wire.write(PlainFrame.binary(pattern.next(1 << 20))) }
            }
            // Its pongs stand behind what the machine does not take: that is no sign of death.
            try await Task.sleep(for: .seconds(3))
            var pattern = Pattern()
            while pattern.position < size, let bytes = await machine.read(), !bytes.isEmpty, pattern.matches(bytes) {}
            #expect(pattern.position == size)
            await writing.value
        }
    }
}
