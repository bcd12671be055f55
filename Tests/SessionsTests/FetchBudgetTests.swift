import Addresses
import FoundationEssentials
import Testing

@testable import Sessions

struct FetchBudgetTests {
    @Test func aSiteThatAsksTooOftenIsToldHowLongToWait() throws {
        let site = try #require(SiteOrigin("https://project.example"))
        let other = try #require(SiteOrigin("https://other.example"))
        var budget = FetchBudget()
        let now = Date()
        for _ in 0..<12 { #expect(budget.take(for: site, now: now) == nil) }
        #expect(budget.take(for: site, now: now) == 5)
        #expect(budget.take(for: other, now: now) == nil)
        #expect(budget.take(for: site, now: now + 5) == nil)
        #expect(budget.take(for: site, now: now + 5) != nil)
    }

    @Test func aClockThatWentBackwardsGivesNothingAway() throws {
        let site = try #require(SiteOrigin("https://project.example"))
        var budget = FetchBudget()
        let now = Date()
        for _ in 0..<12 { _ = budget.take(for: site, now: now) }
        #expect(budget.take(for: site, now: now - 86400) != nil)
    }
}
