import Addresses
import FoundationEssentials
import MachineConfig
import Synchronization
import TestSupport
import Testing
import Trust

@testable import Sessions

/// What is told of a session, step by step.
struct StoryTests {
    @Test func aSessionsStoryHasEveryStepInItsOrder() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let opened = try await house.open(page)
            let session = opened.summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            let machine = try #require(house.host.state.withLock { $0.started.last })
            _ = try await house.broker.pause(session, over: page.connection)
            _ = try await house.broker.resume(session, over: page.connection)
            _ = try await house.broker.stop(session, over: page.connection)
            let lines = house.journal.lines(of: session)
            let steps = lines.map(\.step)
            // The two fetches end in either order.
            #expect(Set(steps[2...3]) == [.documentFetched, .configurationFetched])
            #expect(
                Array(steps[..<2] + steps[4...]) == [
                    .connected, .requested, .verified, .hostReady, .asked, .answered, .opened, .pageAttached,
                    .startRequested, .imageReady, .layerMade, .imagesReady, .machineStarted, .paused, .resumed,
                    .stopping, .machineEnded,
                ])
            #expect(lines.allSatisfy { ($0.took ?? -1) >= 0 })
            #expect(lines.first { $0.step == .answered }?.details == ["answer": "allowed-once"])
            #expect(lines.last?.details == ["machine": machine.description, "reason": "stopped-by-page"])
        }
    }

    @Test func aClockThatIsSetBreaksNoDuration() async throws {
        let clock = SetClock()
        try await Household.with(clock: clock.clock) { (house: Household) async throws in
            let page = await house.page()
            house.owner.state.withLock {
                $0.meanwhile = {
                    clock.pass(.seconds(3))
                    clock.set(ahead: -86_400)
                }
            }
            let session = try await house.open(page).summary.identifier
            clock.pass(.milliseconds(250))
            clock.set(ahead: 86_400)
            _ = try await house.broker.start(session, over: page.connection)
            let lines = house.journal.lines(of: session)
            #expect(lines.first { $0.step == .answered }?.took == 3000)
            #expect(lines.first { $0.step == .startRequested }?.took == 250)
            let dates = lines.filter { [.asked, .answered, .startRequested].contains($0.step) }.map(\.time)
            #expect(dates.count == 3 && dates[1] < dates[0] && dates[2] > dates[0])
        }
    }

    @Test func aRefusedRequestHasAStoryOfItsOwnKind() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .deny }
            await #expect(throws: SessionError.self) { try await house.open(await house.page()) }
            #expect(house.journal.state.withLock { $0.sessions.isEmpty })
            let lines = try #require(house.journal.state.withLock { $0.refusals.values.first })
            #expect(lines.first?.step == .connected)
            #expect(lines.last?.step == .refused)
            #expect(lines.last?.details == ["reason": "consent-denied"])
            #expect(lines.first?.details["site"] == house.site.description)
        }
    }

    @Test func aSecondRequestJoinsTheStoryOfItsSession() async throws {
        try await Household.with { (house: Household) async throws in
            let opened = try await house.open(await house.page())
            _ = try await house.open(await house.page())
            _ = try await house.open(await house.page(), resume: opened.resume)
            #expect(house.journal.state.withLock { $0.sessions.count } == 1)
            let steps = house.journal.lines(of: opened.summary.identifier).map(\.step)
            #expect(steps.count { $0 == .connected } == 3)
            #expect(steps.count { $0 == .opened } == 3)
        }
    }

    @Test func aFailedStartSaysWhyInAWord() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            let url = SecureURL(origin: house.site, path: "/secret-path")
            house.images.state.withLock { $0.failure = .unreachable(url, "a sentence") }
            await #expect(throws: SessionError.self) { try await house.broker.start(session, over: page.connection) }
            let failed = house.journal.lines(of: session).first { $0.step == .startFailed }
            #expect(failed?.details == ["reason": "image-unreachable"])
            #expect(await house.broker.census().tally.failedStarts == ["image-unreachable": 1])
        }
    }

    @Test func aStreamTellsItsFirstByteAndItsEnd() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            let ticket = try await house.broker.displayTicket(for: session, over: page.connection)
            do {
                let socket = try await house.broker.redeem(ticket, for: .display, from: house.site)
                let watch = socket.watch
                watch?.sent(12)
                watch?.sent(30)
                watch?.received(5)
            }
            try await house.until { house.journal.lines(of: session).contains { $0.step == .streamEnded } }
            try await house.until { house.journal.lines(of: session).contains { $0.step == .firstByte } }
            let lines = house.journal.lines(of: session)
            #expect(lines.count { $0.step == .firstByte } == 1)
            #expect(
                lines.first { $0.step == .streamEnded }?.details
                    == ["stream": "display", "to-page": "42", "from-page": "5"])
            let census = await house.broker.census()
            #expect(census.sent == 42 && census.received == 5)
        }
    }

    @Test func noStoryHoldsASecretOrATextOfTheSite() async throws {
        try await Household.with { (house: Household) async throws in
            house.publisher.state.withLock { $0.name = "planted-name" }
            let page = await house.page()
            let opened = try await house.open(page)
            let session = opened.summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            let ticket = try await house.broker.displayTicket(for: session, over: page.connection)
            _ = try await house.broker.redeem(ticket, for: .display, from: house.site)
            let told = "\(house.journal.lines(of: session))"
            let secrets = [
                opened.resume?.text ?? "", ticket.description, "planted-name",
                try #require(house.publisher.lastNonce), try #require(house.publisher.lastHost),
            ]
            for secret in secrets {
                #expect(!secret.isEmpty)
                #expect(!told.contains(secret))
            }
        }
    }

    @Test func countsAreWhatHappened() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            house.publisher.state.withLock { $0.memory = 4096 }
            await #expect(throws: SessionError.self) { try await house.open(await house.page()) }
            let census = await house.broker.census()
            #expect(census.connections == 2 && census.tally.connections == 2)
            #expect(census.sessions == ["running": 1])
            #expect(census.tally.refusals == ["over-limit-memory": 1])
            #expect(census.tally.answers == ["allowed-once": 1])
            #expect(census.tally.starts.counts.last == 1)
            #expect(census.tally.downloads == 1 && census.tally.downloaded == 1000)
        }
    }
}

/// Two clocks that a test sets.
final class SetClock: Sendable {
    private let state = Mutex((elapsed: Duration.zero, ahead: 0.0))

    var clock: StoryClock {
        StoryClock(
            now: { Date(timeIntervalSince1970: 1_790_000_000 + self.state.withLock { $0.ahead }) },
            elapsed: { self.state.withLock { $0.elapsed } })
    }

    func pass(_ time: Duration) { state.withLock { $0.elapsed += time } }
    func set(ahead seconds: Double) { state.withLock { $0.ahead = seconds } }
}
