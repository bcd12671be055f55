import FoundationEssentials
import Synchronization
import TestSupport
import Testing
import Trust

@testable import Sessions

/// A signature counts when it is looked at, not because it once did.
struct VerifyingTests {
    @Test func aLaterStartVerifiesAgain() async throws {
        var rules = BrokerRules()
        rules.freshness = .zero
        try await Household.with(rules: rules) { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            house.publisher.state.withLock { $0.issuer = "https://other.example" }
            await #expect(throws: SessionError.self) { try await house.broker.start(session, over: page.connection) }
            #expect(house.host.state.withLock { $0.started.isEmpty })
            house.publisher.state.withLock { $0.issuer = nil }
            _ = try await house.broker.start(session, over: page.connection)
            #expect(house.publisher.state.withLock { $0.fetches } == 3)
        }
    }

    @Test func afterARestartOfTheAgentNothingCountsAsVerified() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .allowAndRemember }
            let opened = try await house.open(await house.page())
            try await house.reborn(with: [:]) { (next: Household) async throws in
                next.publisher.state.withLock { $0.replayedNonce = "an-old-one" }
                let page = await next.page()
                await #expect(throws: SessionError.self) { try await next.open(page, resume: opened.resume) }
                next.publisher.state.withLock { $0.replayedNonce = nil }
                _ = try await next.open(page, resume: opened.resume)
            }
        }
    }
}
