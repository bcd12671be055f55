import Addresses
import FoundationEssentials

/// How often a site may make us fetch: asking is also a way to send requests blindly.
struct FetchBudget: Sendable {
    /// At once; one comes back every `refill` seconds.
    static let burst = 12.0
    static let refill: TimeInterval = 5
    /// Sites remembered; the one longest unseen is forgotten first.
    static let sites = 1024

    private struct Account {
        var left: Double
        var seen: Date
    }

    private var accounts: [SiteOrigin: Account] = [:]

    /// Takes one fetch, or says how many seconds until there is one.
    mutating func take(for site: SiteOrigin, now: Date) -> Int? {
        var account = accounts[site] ?? Account(left: Self.burst, seen: now)
        let earned = max(0, now.timeIntervalSince(account.seen)) / Self.refill
        account.left = min(Self.burst, account.left + earned)
        account.seen = now
        defer { remember(account, for: site) }
        guard account.left >= 1 else { return Int(((1 - account.left) * Self.refill).rounded(.up)) }
        account.left -= 1
        return nil
    }

    private mutating func remember(_ account: Account, for site: SiteOrigin) {
        accounts[site] = account
        guard accounts.count > Self.sites else { return }
        if let oldest = accounts.min(by: { $0.value.seen < $1.value.seen }) { accounts[oldest.key] = nil }
    }
}
