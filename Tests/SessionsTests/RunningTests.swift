import Addresses
import FoundationEssentials
import Glibc
import MachineConfig
import Synchronization
import TestSupport
import Testing

@testable import Sessions

struct RunningTests {
    @Test func aMachineStartsPausesResumesAndStops() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            #expect(try await house.broker.start(session, over: page.connection).phase == .running)
            #expect(house.images.state.withLock { $0.overlays.count } == 1)
            let paused = try await house.broker.pause(session, over: page.connection)
            #expect(paused.phase == .paused)
            #expect(paused.reason == .pausedByPage)
            let resumed = try await house.broker.resume(session, over: page.connection)
            #expect(resumed.phase == .running)
            #expect(resumed.reason == nil)
            let stopped = try await house.broker.stop(session, over: page.connection)
            #expect(stopped.phase == .stopped)
            #expect(stopped.reason == .stoppedByPage)
            #expect(house.host.state.withLock { $0.machines.isEmpty && $0.powerButtons.count == 1 })
            #expect(house.images.state.withLock { $0.overlays.isEmpty })
        }
    }

    @Test func aGuestThatIgnoresItsPowerButtonIsSwitchedOff() async throws {
        var rules = BrokerRules()
        rules.powerButtonPatience = .milliseconds(50)
        try await Household.with(rules: rules) { (house: Household) async throws in
            house.host.state.withLock { $0.obeysPowerButton = false }
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            #expect(try await house.broker.stop(session, over: page.connection).phase == .stopped)
            #expect(house.host.state.withLock { $0.machines.isEmpty })
        }
    }

    @Test func aMachineThatDiesIsToldWithItsReason() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            let machine = try #require(house.host.state.withLock { $0.started.last })
            house.host.end(machine, .crashed("killed"))
            for await event in page.events {
                guard case .changed(let summary) = event, summary.phase == .stopped, summary.reason != nil else {
                    continue
                }
                #expect(summary.reason == .machineCrashed)
                break
            }
            #expect(house.images.state.withLock { $0.overlays.isEmpty })
        }
    }

    @Test func aStopDuringTheDownloadEndsTheStart() async throws {
        try await Household.with { (house: Household) async throws in
            house.images.state.withLock { $0.hangs = true }
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        _ = try await house.broker.start(session, over: page.connection)
                        return false
                    } catch {
                        return true
                    }
                }
                try await house.until {
                    (try? await house.broker.sessions(over: page.connection).first?.phase) == .preparing
                }
                #expect(try await house.broker.stop(session, over: page.connection).phase == .stopped)
                #expect(try await group.next() == true)
            }
            #expect(house.host.state.withLock { $0.started.isEmpty })
        }
    }

    @Test func aFailedStartLeavesNothingAndKeepsTheYes() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            house.images.state.withLock { $0.failure = .diskFull(needed: 2, free: 1) }
            await #expect(throws: SessionError.self) { try await house.broker.start(session, over: page.connection) }
            #expect(try await house.broker.sessions(over: page.connection).first?.reason == .startFailed)
            house.images.state.withLock { $0.failure = nil }
            _ = try await house.broker.start(session, over: page.connection)
            #expect(house.questions == 1)
        }
    }

    @Test func anotherPageOfTheSameSiteMayNotActWithoutOpening() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            let stranger = await house.page()
            await #expect(throws: SessionError.self) {
                try await house.broker.displayTicket(for: session, over: stranger.connection)
            }
            await #expect(throws: SessionError.self) {
                try await house.broker.stop(session, over: stranger.connection)
            }
            #expect(try await house.broker.sessions(over: stranger.connection).count == 1)
            let other = try #require(SiteOrigin("https://other.example"))
            let foreign = await house.page(of: other)
            #expect(try await house.broker.sessions(over: foreign.connection).isEmpty)
        }
    }

    @Test func aTicketOpensTheDisplayOnce() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            let ticket = try await house.broker.displayTicket(for: session, over: page.connection)
            let descriptor = try await house.broker.redeem(ticket, for: .display, from: house.site).take()
            let far = try #require(house.host.state.withLock { $0.farEnds.last })
            #expect(write(far, "RFB", 3) == 3)
            var bytes = [UInt8](repeating: 0, count: 3)
            #expect(read(descriptor, &bytes, 3) == 3)
            #expect(bytes == Array("RFB".utf8))
            close(descriptor)
            close(far)
            do throws(SessionError) {
                _ = try await house.broker.redeem(ticket, for: .display, from: house.site)
                Issue.record("opened twice")
            } catch {
                guard case .ticketInvalid = error else { throw error }
            }
        }
    }

    @Test func aPortThatTheConfigurationDoesNotNameHasNoTicket() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            _ = try await house.broker.portTicket(for: session, port: 80, over: page.connection)
            await #expect(throws: SessionError.self) {
                try await house.broker.portTicket(for: session, port: 22, over: page.connection)
            }
        }
    }

    @Test func aThirdMachineOfASiteIsOverItsLimit() async throws {
        try await Household.with { (house: Household) async throws in
            for name in ["one", "two"] {
                house.publisher.state.withLock { $0.name = name }
                let page = await house.page()
                let session = try await house.open(page).summary.identifier
                _ = try await house.broker.start(session, over: page.connection)
            }
            house.publisher.state.withLock { $0.name = "three" }
            do throws(SessionError) {
                _ = try await house.open(await house.page())
                Issue.record("opened")
            } catch {
                guard case .limit(let limit) = error else { throw error }
                #expect(limit.limit == .machinesPerSite)
            }
        }
    }

    @Test func aMachineEndsWhenNoPageLooksAtIt() async throws {
        var rules = BrokerRules()
        rules.pageGrace = .milliseconds(200)
        try await Household.with(rules: rules) { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            await house.broker.disconnect(page.connection)
            try await house.until { await house.broker.overview().first?.summary.reason == .pageClosed }
            #expect(house.host.state.withLock { $0.machines.isEmpty })
        }
    }

    @Test func aMachineThatMayRunAloneDoes() async throws {
        var rules = BrokerRules()
        rules.pageGrace = .milliseconds(100)
        try await Household.with(rules: rules) { (house: Household) async throws in
            house.publisher.state.withLock { $0.background = true }
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            await house.broker.disconnect(page.connection)
            try await Task.sleep(for: .milliseconds(500))
            #expect(await house.broker.overview().first?.summary.phase == .running)
        }
    }

    @Test func aMachineThatDoesNotEndIsEndedLater() async throws {
        var rules = BrokerRules()
        rules.endingPause = .milliseconds(50)
        try await Household.with(rules: rules) { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            house.host.state.withLock { $0.stuckEndings = 3 }
            try await house.broker.forget(session, over: page.connection)
            #expect(house.host.state.withLock { !$0.machines.isEmpty })
            try await house.until { house.host.state.withLock { $0.machines.isEmpty } }
        }
    }

    @Test func forgettingEndsTheMachineAndTellsThePage() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let session = try await house.open(page).summary.identifier
            _ = try await house.broker.start(session, over: page.connection)
            try await house.broker.forget(session, over: page.connection)
            #expect(house.host.state.withLock { $0.machines.isEmpty })
            for await event in page.events where event == .forgotten(session) { break }
            #expect(await house.broker.overview().isEmpty)
        }
    }
}
