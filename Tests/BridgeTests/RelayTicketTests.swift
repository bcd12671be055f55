import Addresses
import Glibc
import Sessions
import Synchronization
import Testing

@testable import Bridge

/// What opens a relay, and what does not.
struct RelayTicketTests {
    @Test func aTicketThatIsNotGoodIsRefusedWithItsWord() async throws {
        try await OpenDoor.with { door in
            let page = try await WebSocketClient.open("/display", at: door.port)
            await page.send(text: "bad")
            let close = await page.readClose()
            #expect(close?.closeCode == 4403)
            #expect(close?.closeReason == "ticket-invalid")
        }
    }

    @Test func aTicketIsRedeemedForWhatItsSocketIsAndForItsSite() async throws {
        try await OpenDoor.with { door in
            _ = try await door.stream("/port")
            let bridge = try await WebSocketClient.open(
                "/display", at: door.port, origin: "http://127.0.0.1:\(door.port)")
            await bridge.send(text: "good")
            #expect(await bridge.readText() == #"{"event":"ready"}"#)
            let redeemed = door.machine.redeemed.withLock { $0 }
            #expect(redeemed.map(\.use) == [.port, .display])
            #expect(redeemed.map(\.site) == [SiteOrigin("https://project.example"), nil])
            #expect(redeemed.map(\.ticket) == ["good", "good"])
        }
    }

    @Test func bytesBeforeTheTicketEndTheSocket() async throws {
        try await OpenDoor.with { door in
            let page = try await WebSocketClient.open("/port", at: door.port)
            await page.send(0x82, [1, 2, 3])
            let close = await page.readClose()
            #expect(close?.closeCode == 1002)
            #expect(door.machine.redeemed.withLock { $0.isEmpty })
        }
    }

    @Test func aSocketWithoutATicketEnds() async throws {
        var limits = BridgeLimits()
        limits.ticketPatience = .milliseconds(50)
        try await OpenDoor.with(limits: limits) { door in
            let page = try await WebSocketClient.open("/display", at: door.port)
            let close = await page.readClose()
            #expect(close?.closeCode == 1008)
        }
    }

    @Test func aPageThatLeavesWithdrawsItsTicket() async throws {
        try await OpenDoor.with { door in
            door.machine.hangs.withLock { $0 = true }
            let page = try await WebSocketClient.open("/display", at: door.port)
            await page.send(text: "good")
            try await until("redeemed") { door.machine.redeemed.withLock { $0.count } == 1 }
            page.wire.close()
            try await until("withdrawn") { door.machine.withdrawn.withLock { $0 } == 1 }
        }
    }
}
