import FoundationEssentials
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Sessions

/// What is kept of a session may be damaged while nobody looks.
struct DamagedSessionTests {
    @Test func aDamagedSessionIsForgottenItsMachineEndsAndTheOthersGoOn() async throws {
        try await Household.with { (house: Household) async throws in
            let page = await house.page()
            let damaged = try await house.open(page)
            _ = try await house.broker.start(damaged.summary.identifier, over: page.connection)
            let lost = try #require(house.host.state.withLock { $0.started.last })
            house.publisher.state.withLock { $0.name = "Other" }
            let kept = try await house.open(page)
            _ = try await house.broker.start(kept.summary.identifier, over: page.connection)
            let found = try #require(house.host.state.withLock { $0.started.last })
            let file = house.folder.appending("sessions").appending("\(damaged.summary.identifier).json")
            let whole = try PrivateFile.read(file, limit: 1 << 20)
            try PrivateFile.write(Array(whole.dropLast(whole.count / 2)), to: file)
            try await house.reborn(with: [lost: .running, found: .running]) { (next: Household) async throws in
                try await next.until { next.host.state.withLock { $0.poweredOff.contains(lost) } }
                let names = await next.broker.overview().map(\.summary.name)
                #expect(names == ["Other"])
                let again = try await next.open(await next.page(), resume: kept.resume)
                #expect(again.summary.phase == .running)
                // The damaged one's token opens nothing: its owner is asked.
                next.publisher.state.withLock { $0.name = "Demo" }
                let anew = try await next.open(await next.page(), resume: damaged.resume)
                #expect(anew.summary.identifier != damaged.summary.identifier)
                #expect(next.questions == 1)
            }
        }
    }

    @Test func aSessionCutAtAnyByteIsNotLoaded() async throws {
        try await Household.with { (house: Household) async throws in
            let opened = try await house.open(await house.page())
            let folder = house.folder.appending("sessions")
            let records = RecordFolder<SessionRecord>(folder)
            #expect(try records.load().records.count == 1)
            let file = folder.appending("\(opened.summary.identifier).json")
            let whole = try PrivateFile.read(file, limit: 1 << 20)
            for end in 0..<whole.count {
                try Data(whole.prefix(end)).write(to: URL(filePath: file.string))
                #expect(try records.load().records.isEmpty)
            }
        }
    }
}
