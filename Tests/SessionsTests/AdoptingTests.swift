import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@testable import Sessions

struct AdoptingTests {
    @Test func aMachineOutlivesTheAgentAndItsPageFindsItAgain() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let opened = try await house.open(page)
            _ = try await house.broker.start(opened.summary.identifier, over: page.connection)
            let machine = try #require(house.host.state.withLock { $0.started.last })
            try await house.reborn(with: [machine: .running]) { (next: Household) async throws in
                let again = try await next.open(await next.page(), resume: opened.resume)
                #expect(again.summary.phase == .running)
                #expect(again.summary.accelerator == .tcg)
                #expect(next.questions == 0)
            }
        }
    }

    @Test func aMachineThatNobodyKnowsIsEnded() async throws {
        try await Household.with { (house: Household) async throws in
            let stranger = MachineIdentifier()
            try await house.reborn(with: [stranger: .running]) { (next: Household) async throws in
                try await next.until { next.host.state.withLock { $0.poweredOff.contains(stranger) } }
            }
        }
    }

    @Test func aMachineThatEndedMeanwhileIsSaidToHaveCrashed() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let opened = try await house.open(page)
            _ = try await house.broker.start(opened.summary.identifier, over: page.connection)
            try await house.reborn(with: [:]) { (next: Household) async throws in
                try await next.until {
                    await next.broker.overview().first?.summary.reason == .machineCrashed
                }
                #expect(await next.broker.overview().first?.summary.phase == .stopped)
            }
        }
    }

    @Test func nothingIsRemovedWhileTheHostDoesNotAnswer() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let opened = try await house.open(page)
            _ = try await house.broker.start(opened.summary.identifier, over: page.connection)
            let machine = try #require(house.host.state.withLock { $0.started.last })
            house.host.state.withLock { $0.failure = .failed("libvirt is away") }
            try await house.reborn(with: [machine: .running]) { (next: Household) async throws in
                next.host.state.withLock { $0.failure = .failed("libvirt is away") }
                next.host.state.withLock { $0.failure = nil }
                let again = try await next.open(await next.page(), resume: opened.resume)
                #expect(again.summary.phase == .running)
                #expect(next.host.state.withLock { $0.poweredOff.isEmpty })
            }
        }
    }
}
