import Addresses
import FoundationEssentials
import SystemPackage
import Testing

@testable import Trust

struct GrantTests {
    /// What a later configuration asks for, and whether the earlier yes is enough for it.
    static let requests: [(String, String, Bool)] = [
        ("vm", #"{"cpus":2,"memory":512}"#, true), ("vm", #"{"cpus":1,"memory":16}"#, true),
        ("vm", #"{"cpus":3,"memory":512}"#, false), ("vm", #"{"cpus":2,"memory":513}"#, false),
        ("vm", #"{"cpus":2,"memory":512,"firmware":"uefi"}"#, false),
        ("name", "\"Other\"", false), ("lifetime", #"{"minutes":60}"#, true),
        ("lifetime", #"{"minutes":61}"#, false), ("lifetime", #"{"minutes":60,"background":true}"#, false),
        ("network", #"{"ports":[80]}"#, true), ("network", #"{"ports":[]}"#, true),
        ("network", #"{"ports":[80,22]}"#, false),
        ("network", #"{"hosts":[{"name":"a.example","ports":[443]}]}"#, true),
        ("network", #"{"hosts":[{"name":"a.example","ports":[443,80]}]}"#, false),
        ("network", #"{"hosts":[{"name":"b.example","ports":[443]}]}"#, false),
        ("network", #"{"internet":true}"#, false),
        ("disks", disk("b"), false), ("disks", disk("a", capacity: 99999), true),
        ("disks", disk("a", capacity: 100_001), false),
    ]

    private static func disk(_ digit: String, capacity: Int = 100_000) -> String {
        """
        [{"url":"https://images.example/a.qcow2","sha256":"\(String(repeating: digit, count: 64))","size":1000,
        "format":"qcow2","capacity":\(capacity)}]
        """
    }

    private func prepare(_ trial: inout Trial) throws {
        trial.members = [
            "vm": #"{"cpus":2,"memory":512}"#, "lifetime": #"{"minutes":60}"#,
            "network": #"{"hosts":[{"name":"a.example","ports":[443]}],"ports":[80]}"#,
        ]
        try trial.accept()
    }

    @Test(arguments: requests)
    func aGrantCoversTheSameOrLess(member: String, value: String, isCovered: Bool) throws {
        try Trial.run { trial in
            try prepare(&trial)
            trial.members[member] = value
            #expect(trial.book.covers(try trial.assess().verified, now: trial.now) == isCovered)
        }
    }

    @Test func theWholeInternetHoldsEveryHost() throws {
        try Trial.run { trial in
            trial.members = ["network": #"{"internet":true}"#]
            try trial.accept()
            for network in [#"{"internet":true}"#, #"{"hosts":[{"name":"b.example","ports":[22]}]}"#, "{}"] {
                trial.members["network"] = network
                #expect(trial.book.covers(try trial.assess().verified, now: trial.now), "\(network)")
            }
            trial.members["network"] = #"{"internet":true,"ports":[80]}"#
            #expect(!trial.book.covers(try trial.assess().verified, now: trial.now))
        }
    }

    @Test func aGrantEndsAfterThirtyDays() throws {
        try Trial.run { trial in
            try prepare(&trial)
            let verified = try trial.assess().verified
            #expect(trial.book.covers(verified, now: trial.now + 30 * 86400 - 1))
            #expect(!trial.book.covers(verified, now: trial.now + 30 * 86400))
        }
    }

    @Test func aYesForOnceLeavesNoGrant() throws {
        try Trial.run { trial in
            try trial.accept(remember: false)
            #expect(trial.book.grants().isEmpty)
            #expect(!trial.book.covers(try trial.assess().verified, now: trial.now))
        }
    }

    @Test func revokedAndBlockedSitesKeepNoGrant() throws {
        try Trial.run { trial in
            try prepare(&trial)
            try trial.book.revoke(trial.site)
            #expect(trial.book.grants().isEmpty)
            try prepare(&trial)
            try trial.book.block(trial.site)
            #expect(trial.book.grants().isEmpty)
            #expect(trial.book.isBlocked(trial.site))
            try trial.book.unblock(trial.site)
            #expect(!trial.book.isBlocked(trial.site))
        }
    }

    @Test func aBookIsTheSameAfterARestart() throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        // What stays in a temporary folder is no failure of what is tested.
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        func read() throws -> TrustBook {
            try TrustBook(folder: folder, registrableDomain: { $0 }, developmentSites: false)
        }
        try Trial.run { trial in
            trial.book = try read()
            try prepare(&trial)
            let blocked = try #require(SiteOrigin("https://blocked.example"))
            try trial.book.block(blocked)
            try trial.book.noteDenial(of: blocked, now: trial.now)
            trial.book = try read()
            #expect(trial.book.grants().count == 1)
            #expect(trial.book.covers(try trial.assess().verified, now: trial.now))
            #expect(trial.book.blockedSites() == [blocked])
            #expect(trial.book.coolDown(of: blocked, now: trial.now) == 10)
            #expect(trial.book.setAside.isEmpty)
        }
    }

    @Test func eachDenialCostsMore() throws {
        try Trial.run { trial in
            for seconds in [10, 60, 600, 86400, 86400] {
                try trial.book.noteDenial(of: trial.site, now: trial.now)
                #expect(trial.book.coolDown(of: trial.site, now: trial.now) == seconds)
                #expect(trial.book.coolDown(of: trial.site, now: trial.now + Double(seconds)) == nil)
                // A clock that was set back does not make it longer.
                #expect(trial.book.coolDown(of: trial.site, now: trial.now - 86400 * 3) == seconds)
            }
            try trial.accept()
            #expect(trial.book.coolDown(of: trial.site, now: trial.now) == nil)
            try trial.book.noteDenial(of: trial.site, now: trial.now)
            #expect(trial.book.coolDown(of: trial.site, now: trial.now) == 10)
        }
    }
}
