import Addresses
import OpenSSL
import Synchronization
import TestSupport
import Testing

@testable import Sessions

struct ResumingTests {
    @Test func aPageThatComesBackWithItsTokenFindsItsMachineWithoutAQuestion() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let opened = try await house.open(page)
            _ = try await house.broker.start(opened.summary.identifier, over: page.connection)
            await house.broker.disconnect(page.connection)
            let again = try await house.open(await house.page(), resume: opened.resume)
            #expect(again.summary.identifier == opened.summary.identifier)
            #expect(again.summary.phase == .running)
            #expect(again.resume == nil)
            #expect(house.questions == 1)
        }
    }

    @Test func aPageWithoutTheTokenIsAskedAboutAgain() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .allowAndRemember }
            let page = await house.page()
            let opened = try await house.open(page)
            _ = try await house.broker.start(opened.summary.identifier, over: page.connection)
            _ = try await house.open(await house.page())
            _ = try await house.open(await house.page(), resume: ResumeToken("wrong"))
            #expect(house.questions == 3)
        }
    }

    @Test func aTokenOfAnotherSiteIsWorthNothing() async throws {
        try await Household.with { (house: Household) async throws in
            let opened = try await house.open(await house.page())
            let other = try #require(SiteOrigin("https://other.example"))
            let page = await house.page(of: other)
            await #expect(throws: SessionError.self) { try await house.open(page, resume: opened.resume) }
        }
    }

    @Test func aRememberedSiteOpensSilentlyWithItsToken() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .allowAndRemember }
            let page = await house.page()
            let opened = try await house.open(page)
            _ = try await house.broker.start(opened.summary.identifier, over: page.connection)
            _ = try await house.broker.stop(opened.summary.identifier, over: page.connection)
            let again = try await house.open(await house.page(), resume: opened.resume)
            #expect(again.summary.identifier == opened.summary.identifier)
            #expect(house.questions == 1)
        }
    }

    @Test func aBiggerRequestOfARememberedSiteIsAskedAbout() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .allowAndRemember }
            let opened = try await house.open(await house.page())
            house.publisher.state.withLock { $0.memory = 512 }
            _ = try await house.open(await house.page(), resume: opened.resume)
            #expect(house.questions == 2)
        }
    }

    @Test func anotherImageOfARememberedSiteIsAskedAbout() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .allowAndRemember }
            let opened = try await house.open(await house.page())
            house.publisher.state.withLock { $0.image = String(repeating: "b", count: 64) }
            _ = try await house.open(await house.page(), resume: opened.resume)
            #expect(house.questions == 2)
        }
    }

    @Test func anotherKeyOfARememberedSiteIsAskedAboutAsChanged() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .allowAndRemember }
            let opened = try await house.open(await house.page())
            let key = try PrivateKey.generateEd25519()
            house.publisher.state.withLock { $0.key = key }
            _ = try await house.open(await house.page(), resume: opened.resume)
            #expect(house.questions == 2)
            #expect(house.lastQuestionSaysChanged)
        }
    }

    @Test func aYesForOnceIsUsedUpByOneRun() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let opened = try await house.open(page)
            _ = try await house.broker.start(opened.summary.identifier, over: page.connection)
            _ = try await house.broker.stop(opened.summary.identifier, over: page.connection)
            _ = try await house.broker.start(opened.summary.identifier, over: page.connection)
            #expect(house.questions == 2)
        }
    }

    @Test func aReloadBeforeTheStartNeedsNoSecondYes() async throws {
        try await Household.with { (house: Household) async throws in
            let opened = try await house.open(await house.page())
            let page = await house.page()
            let again = try await house.open(page, resume: opened.resume)
            _ = try await house.broker.start(again.summary.identifier, over: page.connection)
            #expect(house.questions == 1)
        }
    }

    @Test func revokingEndsTheMachineAndMakesTheTokenWorthless() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .allowAndRemember }
            let page = await house.page()
            let opened = try await house.open(page)
            _ = try await house.broker.start(opened.summary.identifier, over: page.connection)
            try await house.broker.revoke(house.site)
            #expect(house.host.state.withLock { $0.machines.isEmpty })
            #expect(await house.broker.overview().isEmpty)
            #expect(await house.broker.grants().isEmpty)
            _ = try await house.open(await house.page(), resume: opened.resume)
            #expect(house.questions == 2)
        }
    }
}
