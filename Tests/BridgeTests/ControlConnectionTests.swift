import FoundationEssentials
import MachineConfig
import Sessions
import Storage
import StrictJSON
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Wire

@testable import Bridge

@Suite(.timeLimit(.minutes(1)))
struct ControlConnectionTests {
    // MARK: The greeting

    @Test func aGreetingSaysWhomTheDaemonSees() async throws {
        try await House.with { house in
            let page = Page(socket: try await WebSocketClient.open("/v1", at: house.server.port))
            let welcome = try await page.ask(#""request":"hello","version":1,"client":"test""#)
            #expect(
                welcome == [
                    "id": .integer(1), "reply": .string("hello"), "version": .integer(1), "daemon": .string("1.2.3"),
                    "site": .string("https://project.example"),
                ])
        }
    }

    @Test func nothingIsDoneBeforeTheGreeting() async throws {
        try await House.with { house in
            let page = Page(socket: try await WebSocketClient.open("/v1", at: house.server.port))
            #expect(try await page.ask(house.open).problem == "hello-required")
            #expect(
                try await page.ask(#""request":"hello","version":2,"client":"test""#).problem == "version-unsupported")
            #expect(house.publisher.state.withLock { $0.fetches } == 0)
            #expect(try await page.ask(#""request":"hello","version":1,"client":"test""#).problem == nil)
            #expect(
                try await page.ask(#""request":"hello","version":1,"client":"test""#).problem == "request-malformed")
        }
    }

    @Test func aFullDiskIsToldAsOneWhateverWasToBeWritten() {
        for reason in [Errno.noSpace, .diskQuotaExceeded] {
            #expect(Problem(.storage(StorageError(operation: "write", path: "/x", reason))).code == .diskFull)
        }
        #expect(Problem(.storage(StorageError(operation: "write", path: "/x", .ioError))).code == .internalError)
    }

    @Test func onlyTheHelperWindowSpeaksForOthers() async throws {
        try await House.with { house in
            let port = house.server.port
            let hello = #""request":"hello","version":1,"client":"test""#
            let forOther = hello + #","speakingFor":"https://other.example""#
            let site = Page(socket: try await WebSocketClient.open("/v1", at: port))
            #expect(try await site.ask(forOther).problem == "request-malformed")
            let helper = Page(
                socket: try await WebSocketClient.open("/v1", at: port, origin: "http://127.0.0.1:\(port)"))
            #expect(try await helper.ask(hello).problem == "request-malformed")
            #expect(
                try await helper.ask(hello + #","speakingFor":"http://localhost:8000""#).problem == "request-malformed")
            #expect(try await helper.ask(forOther)["site"] == .string("https://other.example"))
        }
    }

    @Test func aDevelopmentSiteIsAdmittedByTheSwitchAlone() async throws {
        try await House.with(developmentSites: true) { house in
            let port = house.server.port
            let page = Page(socket: try await WebSocketClient.open("/v1", at: port, origin: "http://localhost:8000"))
            let hello = #""request":"hello","version":1,"client":"test""#
            #expect(try await page.ask(hello)["site"] == .string("http://localhost:8000"))
            let helper = Page(
                socket: try await WebSocketClient.open("/v1", at: port, origin: "http://127.0.0.1:\(port)"))
            #expect(try await helper.ask(hello + #","speakingFor":"http://localhost:8000""#).problem == nil)
        }
    }

    // MARK: Requests

    @Test func aSessionLivesFromOpeningToForgetting() async throws {
        try await House.with { house in
            let page = try await house.page()
            let opened = try await page.ask(house.open)
            let session = try #require(opened.session)
            #expect(opened.state == "stopped")
            #expect(opened["resume"]?.string?.utf8.count == 43)
            func ask(_ word: String) async throws -> Page.Message {
                try await page.ask(#""request":"\#(word)","session":"\#(session)""#)
            }
            #expect(try await ask("session.start").state == "running")
            #expect(try await ask("session.pause").state == "paused")
            #expect(try await ask("session.resume").state == "running")
            let list = try await page.ask(#""request":"session.list""#)
            #expect(list["sessions"]?.array?.count == 1)
            #expect(try await ask("session.stop").state == "stopped")
            let forgotten = try await ask("session.forget")
            #expect(forgotten["reply"] == .string("session.forget") && forgotten["session"] == nil)
            #expect(try await ask("session.start").problem == "session-unknown")
        }
    }

    @Test func eventsComeInTheOrderOfWhatHappened() async throws {
        try await House.with { house in
            let page = try await house.page()
            let session = try #require(try await page.ask(house.open).session)
            _ = try await page.ask(#""request":"session.start","session":"\#(session)""#)
            _ = try await page.ask(#""request":"session.stop","session":"\#(session)""#)
            let pending = try await page.event("consent.pending")
            let decided = try await page.event("consent.decided")
            #expect(pending["consent"] == decided["consent"])
            #expect(decided["allowed"] == .bool(true))
            var states: [String] = []
            while states.last != "stopped" || states.count == 1 {
                let state = try #require(try await page.event("session.changed").state)
                if states.last != state { states.append(state) }
            }
            #expect(states.suffix(5) == ["preparing", "starting", "running", "stopping", "stopped"])
        }
    }

    @Test func aMachineThatDiesIsToldAtOnce() async throws {
        try await House.with { house in
            let page = try await house.page()
            let session = try #require(try await page.ask(house.open).session)
            _ = try await page.ask(#""request":"session.start","session":"\#(session)""#)
            let machine = try #require(house.host.state.withLock { $0.started.last })
            house.host.end(machine, .crashed("killed"))
            let event = try await page.next { $0["session"]?.object?["reason"] == .string("machine-crashed") }
            #expect(event.state == "stopped")
        }
    }

    @Test func aDisplayIsReachedFromItsTicketToItsBytes() async throws {
        try await House.with { house in
            let page = try await house.page()
            let session = try #require(try await page.ask(house.open).session)
            _ = try await page.ask(#""request":"session.start","session":"\#(session)""#)
            let reply = try await page.ask(#""request":"display.ticket","session":"\#(session)""#)
            let ticket = try #require(reply["ticket"]?.string)
            let viewer = try await WebSocketClient.open("/display", at: house.server.port)
            await viewer.send(text: ticket)
            #expect(await viewer.readText() == #"{"event":"ready"}"#)
            let machine = Wire(owning: try #require(house.host.state.withLock { $0.farEnds.popLast() }))
            await machine.write("RFB 003.008\n")
            #expect(await viewer.readFrame()?.text == "RFB 003.008\n")

            // Once, for one use, from one origin.
            for (route, origin, given) in [
                ("/display", "https://project.example", ticket), ("/port", "https://project.example", nil),
                ("/display", "https://other.example", nil),
            ] {
                var wanted = given
                if wanted == nil {
                    wanted = try await page.ask(#""request":"display.ticket","session":"\#(session)""#)["ticket"]?
                        .string
                }
                let other = try await WebSocketClient.open(route, at: house.server.port, origin: origin)
                await other.send(text: try #require(wanted))
                let close = await other.readClose()
                #expect(close?.closeCode == 4403 && close?.closeReason == "ticket-invalid")
            }
        }
    }

    @Test func aRefusalReachesThePageAsItsWord() async throws {
        try await House.with { house in
            let page = try await house.page()
            house.owner.state.withLock { $0.answer = .deny }
            let denied = try await page.ask(house.open)
            #expect(denied.problem == "consent-denied")
            let again = try await page.ask(house.open)
            #expect(again.problem == "asked-too-often")
            #expect((again["problem"]?.object?["after"]?.integer ?? 0) > 0)
            #expect(house.owner.state.withLock { $0.questions.count } == 1)
            #expect(try await page.ask(#""request":"session.start","session":"nonsense""#).problem == "session-unknown")
            #expect(try await page.ask(#""request":"session.destroy""#).problem == "request-unknown")
            #expect(try await page.ask(#""request":"session.start""#).problem == "request-malformed")
        }
    }

    @Test func anotherSitesSessionMightAsWellNotExist() async throws {
        try await House.with { house in
            let page = try await house.page()
            let session = try #require(try await page.ask(house.open).session)
            let stranger = try await house.page(origin: "https://other.example")
            for word in ["session.start", "session.stop", "session.forget", "display.ticket"] {
                let reply = try await stranger.ask(#""request":"\#(word)","session":"\#(session)""#)
                #expect(reply.problem == "session-unknown")
            }
            let list = try await stranger.ask(#""request":"session.list""#)
            #expect(list["sessions"] == .array([]))
        }
    }

    // MARK: The end

    @Test func aPageThatLeavesWithdrawsItsQuestion() async throws {
        try await House.with { house in
            house.owner.state.withLock { $0.answer = nil }
            let page = try await house.page()
            await page.send(house.open)
            try await until("asked") { house.owner.state.withLock { $0.questions.count } == 1 }
            // A site may ask one question at a time, so the second one waits for the first to be withdrawn.
            page.socket.wire.close()
            let next = try await house.page()
            try await until("free again") {
                house.owner.state.withLock { $0.answer = .allowOnce }
                return (try? await next.ask(house.open).problem) != "busy"  // A reply that fails is not "free".
            }
        }
    }

    @Test func whatAPageAskedForIsDoneThoughItLeaves() async throws {
        try await House.with { house in
            let page = try await house.page()
            let session = try #require(try await page.ask(house.open).session)
            _ = try await page.ask(#""request":"session.start","session":"\#(session)""#)
            await page.send(#""request":"session.stop","session":"\#(session)""#)
            page.socket.wire.close()
            try await until("stopped") { house.host.state.withLock { $0.machines.isEmpty } }
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"request":"session.list"}"#, #"{"id":0,"request":"session.list"}"#])
    func whatCannotBeAnsweredEndsTheConnection(text: String) async throws {
        try await House.with { house in
            let page = try await house.page()
            await page.socket.send(text: text)
            let close = await page.socket.readClose()
            #expect(close?.closeCode == 4400 && close?.closeReason == "request-malformed")
        }
    }

    @Test func aFloodOfRequestsIsAnsweredToTheLast() async throws {
        try await House.with { house in
            let page = try await house.page()
            let count = 2000
            let sending = Task { for _ in 0..<count { await page.send(#""request":"session.list""#) } }
            for id in 2..<(2 + Int64(count)) { _ = try await page.answer(to: id) }
            await sending.value
        }
    }

    @Test func aPageThatReadsNothingLosesItsConnection() async throws {
        var limits = BridgeLimits()
        limits.unread = 10_000
        try await House.with(limits: limits) { house in
            let page = try await house.page()
            page.socket.wire.shrinkBuffers()
            // An unknown word in each request, so that each answer is longer than its question.
            let request = WebSocketClient.frame(0x81, Array(#"{"id":7,"request":"x"}"#.utf8))
            let flood = Array([[UInt8]](repeating: request, count: 500).joined())
            var isOpen = true
            for _ in 0..<2000 where isOpen { isOpen = await page.socket.wire.write(flood) }
            #expect(!isOpen)
        }
    }

    @Test func theServersEndIsToldToThePage() async throws {
        try await House.with { house in
            let page = try await house.page()
            house.server.shutdown()
            let close = await page.socket.readClose()
            #expect(close?.closeCode == 1001)
            #expect(await page.socket.readsEnd())
        }
    }
}
