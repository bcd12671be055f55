import FoundationEssentials
import Storage
import SystemPackage
import Testing
import Traffic

struct TrafficAccountTests {
    private static let november = Date(timeIntervalSince1970: 1_796_083_199)  // 2026-11-30T23:59:59Z

    private func withBook(_ body: (TrafficBook, FilePath) throws -> Void) throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        // What stays in a temporary folder is no failure of what is tested.
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        try body(TrafficBook(folder), folder)
    }

    @Test func aMonthEndsAtMidnightInGreenwich() {
        var account = TrafficAccount(session: "a")
        account.add(sent: 1, received: 10, at: Self.november)
        account.add(sent: 2, received: 20, at: Self.november + 1)
        account.add(sent: 4, received: 40, at: Self.november + 2)
        #expect(account.months.keys.sorted() == ["2026-11", "2026-12"])
        #expect(account.amount(at: Self.november) == TrafficAccount.Amount(sent: 1, received: 10))
        #expect(account.amount(at: Self.november + 1) == TrafficAccount.Amount(sent: 6, received: 60))
        #expect(account.amount(at: Self.november + 40 * 86400) == TrafficAccount.Amount())
    }

    @Test func aYearAndAMonthAreRemembered() {
        var account = TrafficAccount(session: "a")
        for month in 0..<30 { account.add(sent: 1, received: 0, at: Self.november + Double(month) * 31 * 86400) }
        #expect(account.months.count == 13)
        #expect(account.months["2026-11"] == nil)
    }

    @Test func aCountGoesOnAfterARestart() throws {
        try withBook { book, _ in
            for _ in 0..<3 {
                var account = try book.account(of: "a")
                account.add(sent: 5, received: 7, at: Self.november)
                try book.save(account)
            }
            #expect(
                try book.account(of: "a").amount(at: Self.november) == TrafficAccount.Amount(sent: 15, received: 21))
            #expect(try book.account(of: "b").months.isEmpty)
        }
    }

    @Test func whatACrashLeftHalfWrittenDoesNoHarm() throws {
        try withBook { book, folder in
            var account = TrafficAccount(session: "a")
            account.add(sent: 5, received: 7, at: Self.november)
            try book.save(account)
            try Data("{\"sess".utf8).write(to: URL(filePath: folder.appending("a.json.new").string))
            #expect(try book.account(of: "a") == account)
            try Data("{\"sess".utf8).write(to: URL(filePath: folder.appending("a.json").string))
            #expect(try book.account(of: "a") == TrafficAccount(session: "a"))
        }
    }

    @Test func accountsOfSessionsThatAreNoMoreGo() throws {
        try withBook { book, _ in
            for session in ["a", "b"] {
                var account = TrafficAccount(session: session)
                account.add(sent: 1, received: 1, at: Self.november)
                try book.save(account)
            }
            try book.keep(only: ["b"])
            #expect(try book.account(of: "a").months.isEmpty)
            #expect(try !book.account(of: "b").months.isEmpty)
        }
    }
}
