import Addresses
import MachineConfig
import Synchronization
import TestSupport
import Testing
import Trust

@testable import Sessions

struct OpeningTests {
    @Test func anOwnerWhoAgreesGivesASessionAndAToken() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let opened = try await house.open(page)
            #expect(opened.summary.phase == .stopped)
            #expect(opened.summary.name == "Demo")
            #expect(opened.resume != nil)
            #expect(house.questions == 1)
            #expect(house.host.state.withLock { $0.started.isEmpty })
        }
    }

    @Test(arguments: [ConsentAnswer.deny, .blockSite, .timedOut, .unavailable("no display"), .withdrawn])
    func anythingButAYesOpensNothing(answer: ConsentAnswer) async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = answer }
            let page = await house.page()
            await #expect(throws: SessionError.self) { try await house.open(page) }
            #expect(try await house.broker.sessions(over: page.connection).isEmpty)
            #expect(house.host.state.withLock { $0.started.isEmpty })
        }
    }

    @Test func aDenialMakesTheSiteWaitEvenOnANewConnection() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .deny }
            await #expect(throws: SessionError.self) { try await house.open(await house.page()) }
            do throws(SessionError) {
                _ = try await house.open(await house.page())
                Issue.record("opened")
            } catch {
                guard case .coolingDown(let seconds) = error else { throw error }
                #expect((1...10).contains(seconds))
            }
            #expect(house.questions == 1)
        }
    }

    @Test func aTimeoutCostsNothing() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .timedOut }
            await #expect(throws: SessionError.self) { try await house.open(await house.page()) }
            house.owner.state.withLock { $0.answer = .allowOnce }
            _ = try await house.open(await house.page())
        }
    }

    @Test func aBlockedSiteIsNeverAskedAboutAgain() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = .blockSite }
            await #expect(throws: SessionError.self) { try await house.open(await house.page()) }
            do throws(SessionError) {
                _ = try await house.open(await house.page())
                Issue.record("opened")
            } catch {
                guard case .siteBlocked = error else { throw error }
            }
            #expect(house.questions == 1)
        }
    }

    @Test func oneQuestionOfASiteAtATime() async throws {
        try await Household.with { (house: Household) async throws in
            house.owner.state.withLock { $0.answer = nil }
            let first = await house.page()
            let second = await house.page()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await house.open(first) }
                try await house.until { house.questions == 1 }
                do throws(SessionError) {
                    _ = try await house.open(second)
                    Issue.record("opened")
                } catch {
                    guard case .busy = error else { throw error }
                }
                group.cancelAll()
            }
            #expect(house.questions == 1)
        }
    }

    @Test func aRequestOverTheLimitsReachesNobody() async throws {
        try await Household.with { (house: Household) async throws in
            house.publisher.state.withLock { $0.memory = 512 * 1024 }
            do throws(SessionError) {
                _ = try await house.open(await house.page())
                Issue.record("opened")
            } catch {
                guard case .limit(let limit) = error else { throw error }
                #expect(limit.limit == .memory)
            }
            #expect(house.questions == 0)
        }
    }

    @Test func nothingIsFetchedFromAPlaceThatOnlyThePageNames() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let elsewhere = try #require(SecureURL("https://elsewhere.example/vm.jws"))
            let request = OpenRequest(configuration: elsewhere, resume: nil)
            do throws(SessionError) {
                _ = try await house.broker.open(request, over: page.connection)
                Issue.record("opened")
            } catch {
                guard case .trust(.endpointNotListed) = error else { throw error }
            }
            #expect(house.publisher.state.withLock { $0.fetches } == 0)
            house.publisher.state.withLock {
                $0.documentMembers["configurations"] = #"["https://elsewhere.example"]"#
            }
            _ = try await house.broker.open(request, over: page.connection)
            #expect(house.publisher.state.withLock { $0.fetches } == 1)
        }
    }

    @Test func aKeyThatIsRevokedWhileTheOwnerThinksStartsNothing() async throws {
        try await Household.with { (house: Household) async throws in
            _ = try await house.open(await house.page())
            house.owner.state.withLock {
                $0.meanwhile = {
                    house.publisher.state.withLock {
                        let thumbprint = FakePublisher.thumbprint(of: $0.key)
                        $0.documentMembers["revoked"] = "[\"\(thumbprint)\"]"
                    }
                    // Another page of the site brings the news, and is refused for it.
                    await #expect(throws: SessionError.self) { try await house.open(await house.page()) }
                }
            }
            // It holds the household, which holds it.
            defer { house.owner.state.withLock { $0.meanwhile = nil } }
            do throws(SessionError) {
                _ = try await house.open(await house.page())
                Issue.record("opened")
            } catch {
                guard case .trust(.keyRevoked) = error else { throw error }
            }
        }
    }

    @Test func aReplayedConfigurationReachesNobody() async throws {
        try await Household.with { (house: Household) async throws in
            house.publisher.state.withLock { $0.replayedNonce = "old" }
            await #expect(throws: SessionError.self) { try await house.open(await house.page()) }
            #expect(house.questions == 0)
        }
    }

    @Test func aMissingHypervisorIsToldBeforeTheOwnerIsAsked() async throws {
        try await Household.with { (house: Household) async throws in
            house.host.state.withLock { $0.failure = .notInstalled("no QEMU") }
            do throws(SessionError) {
                _ = try await house.open(await house.page())
                Issue.record("opened")
            } catch {
                guard case .host(.notInstalled) = error else { throw error }
            }
            #expect(house.questions == 0)
        }
    }

    @Test func whatTheHostLacksIsToldBeforeTheOwnerIsAsked() async throws {
        try await Household.with { (house: Household) async throws in
            house.host.state.withLock { $0.lacks = "no firmware" }
            do throws(SessionError) {
                _ = try await house.open(await house.page())
                Issue.record("opened")
            } catch {
                guard case .host(.unsupported("no firmware")) = error else { throw error }
            }
            #expect(house.questions == 0)
        }
    }

    @Test func anUnreachableSiteDocumentGivesNoNewTrust() async throws {
        try await Household.with { (house: Household) async throws in
            house.publisher.state.withLock { $0.documentFailure = .unreachable("down") }
            do throws(SessionError) {
                _ = try await house.open(await house.page())
                Issue.record("opened")
            } catch {
                guard case .source(.unreachable, of: .siteDocument) = error else { throw error }
            }
            #expect(house.questions == 0)
        }
    }

    @Test func aPinnedKeyStillWorksWhenTheDocumentIsUnreachable() async throws {
        try await Household.with { (house: Household) async throws in
            _ = try await house.open(await house.page())
            house.publisher.state.withLock { $0.documentFailure = .unreachable("down") }
            _ = try await house.open(await house.page())
            #expect(house.questions == 2)
        }
    }

    @Test func aSiteThatAsksWithoutEndIsMadeToWait() async throws {
        try await Household.with { (house: Household) async throws in
            house.publisher.state.withLock { $0.configurationFailure = .status(500) }
            let page = await house.page()
            for _ in 0..<30 { await #expect(throws: SessionError.self) { try await house.open(page) } }
            #expect(house.publisher.state.withLock { $0.fetches } <= 13)
        }
    }
}
