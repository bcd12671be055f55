import Addresses
import Testing

@testable import GuestNetwork

/// Names, what they are known to mean, and for how long.
struct GuestReachTests {
    private let now = ContinuousClock.now

    private func address(_ number: Int) throws -> IPAddress {
        try #require(IPAddress("203.0.\(number >> 8).\(number & 0xFF)"))
    }

    private func reach(_ rules: HostRule...) -> GuestReach { GuestReach(.hosts(rules), own: []) }

    @Test(arguments: [
        ("data.example", "data.example", true), ("data.example", "a.data.example", false),
        ("data.example", "xdata.example", false), ("data.example", "data.example.evil.example", false),
        ("*.data.example", "a.data.example", true), ("*.data.example", "a.b.data.example", true),
        ("*.data.example", "data.example", false), ("*.data.example", ".data.example", false),
        ("*.data.example", "xdata.example", false), ("*.data.example", "a.data.example.evil.example", false),
    ])
    func aRuleCoversItsNameOrAllBelowIt(rule: String, name: String, isCovered: Bool) {
        #expect(HostRule(name: rule, ports: [443]).covers(name) == isCovered)
    }

    @Test(arguments: [
        "", "a.example", "a.example:", "a.example:0", "a.example:443+", ":443", "a:1:2", "a:65536", "a:+1",
    ])
    func anArgumentThatIsNoRuleIsRefused(text: String) {
        #expect(HostRule(argument: text) == nil)
    }

    @Test func anArgumentNamesAHostAndItsPorts() {
        #expect(HostRule(argument: "*.data.example:443+22") == HostRule(name: "*.data.example", ports: [443, 22]))
    }

    @Test func aNameOpensThePortsOfEveryRuleThatCoversIt() throws {
        var reach = reach(
            HostRule(name: "a.example", ports: [22]), HostRule(name: "*.example", ports: [443]),
            HostRule(name: "b.example", ports: [25]))
        _ = reach.learn([try address(1)], of: "a.example", for: .seconds(1), at: now)
        for (port, isOpen) in [(22, true), (443, true), (25, false)] as [(UInt16, Bool)] {
            #expect(reach.allowsConnection(to: try address(1), port: port, at: now) == isOpen)
        }
        #expect(!reach.allowsConnection(to: try address(1), port: 443, at: now + .seconds(1)))
    }

    @Test func askingAgainKeepsAHostOpenAndNeverShortensIt() throws {
        var reach = reach(HostRule(name: "a.example", ports: [443]))
        _ = reach.learn([try address(1)], of: "a.example", for: .seconds(100), at: now)
        _ = reach.learn([try address(1)], of: "a.example", for: .seconds(10), at: now)
        #expect(reach.allowsConnection(to: try address(1), port: 443, at: now + .seconds(99)))
        _ = reach.learn([try address(1)], of: "a.example", for: .seconds(100), at: now + .seconds(50))
        #expect(reach.allowsConnection(to: try address(1), port: 443, at: now + .seconds(149)))
    }

    @Test func noMoreAddressesThanTheLimitAreOpenAndTheNewestAreAmongThem() throws {
        var reach = reach(HostRule(name: "*.example", ports: [443]))
        let count = LearntAddresses.limit + 100
        for number in 0..<count {
            _ = reach.learn(
                [try address(number)], of: "n\(number).example", for: .seconds(60 + number), at: now)
        }
        let open = try (0..<count).filter { reach.allowsConnection(to: try address($0), port: 443, at: now) }
        #expect(open == Array(100..<count))
    }

    @Test func whatIsOverMakesRoomFirst() throws {
        var reach = reach(HostRule(name: "*.example", ports: [443]))
        for number in 0..<LearntAddresses.limit {
            _ = reach.learn([try address(number)], of: "a.example", for: .seconds(number == 7 ? 500 : 1), at: now)
        }
        _ = reach.learn([try address(9999)], of: "a.example", for: .seconds(1), at: now + .seconds(100))
        #expect(reach.allowsConnection(to: try address(7), port: 443, at: now + .seconds(100)))
        #expect(reach.allowsConnection(to: try address(9999), port: 443, at: now + .seconds(100)))
    }

    @Test(arguments: [
        ("198.51.100.7", 24, "198.51.100.255", true), ("198.51.100.7", 24, "198.51.101.0", false),
        ("198.51.100.7", 32, "198.51.100.7", true), ("198.51.100.7", 32, "198.51.100.6", false),
        ("198.51.100.7", 27, "198.51.100.31", true), ("198.51.100.7", 27, "198.51.100.32", false),
        ("198.51.100.7", 0, "203.0.113.1", false), ("198.51.100.7", 0, "198.51.100.7", true),
        ("198.51.100.7", 24, "2001:db8::1", false), ("2001:db8:0:77::1", 64, "2001:db8:0:77:ffff::", true),
        ("2001:db8:0:77::1", 64, "2001:db8:0:78::1", false),
    ])
    func aNetworkHoldsWhatBeginsLikeIt(base: String, prefix: Int, asked: String, isHeld: Bool) throws {
        let range = AddressRange(try #require(IPAddress(base)).bytes, prefix: prefix)
        #expect(range.holds(try #require(IPAddress(asked))) == isHeld)
    }
}
