import Addresses
import Slirp
import Testing

@testable import GuestNetwork

/// What of the internet a filter lets a guest reach.
struct OutsideTests {
    typealias Verdict = FrameFilter.Verdict

    static let site: [UInt8] = [203, 0, 113, 20]
    static let other: [UInt8] = [203, 0, 113, 21]
    static let site6: [UInt8] = [0x20, 1, 0x0D, 0xB8, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20]
    static let resolver6: [UInt8] = [0xFE, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]
    /// The networks of a computer that has public addresses, too.
    static let own = [
        AddressRange([198, 51, 100, 7], prefix: 24), AddressRange([192, 168, 77, 1], prefix: 24),
        AddressRange([0x20, 1, 0x0D, 0xB8, 0, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], prefix: 64),
    ]

    /// Where no guest gets to, whatever it may reach.
    static let closed = [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "255.255.255.255", "10.0.2.2", "10.0.2.3", "10.0.2.4",
        "10.0.2.255",
        "10.9.8.7", "172.16.0.1", "192.168.77.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.251",
        "239.255.255.250", "240.0.0.1", "198.51.100.7", "198.51.100.99", "::", "::1", "fe80::1", "fec0::2", "fec0::3",
        "fd00::1", "ff02::1", "ff05::2", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8:77::1",
        "2001:db8:77::abcd",
    ]

    let everything = filter(.everything)
    let now = ContinuousClock.now

    static func filter(_ choice: GuestReach.Choice, own: [AddressRange]? = own) -> FrameFilter {
        FrameFilter(NetworkLayout(), ports: [80], reach: GuestReach(choice, own: own))
    }

    /// May reach `data.example` on 443, and knows where it is.
    static func hosts(at now: ContinuousClock.Instant) throws -> FrameFilter {
        var filter = filter(.hosts([HostRule(name: "data.example", ports: [443])]))
        let addresses = [try #require(IPAddress(bytes: site)), try #require(IPAddress(bytes: site6))]
        _ = filter.reach.learn(addresses, of: "data.example", for: .seconds(60), at: now)
        return filter
    }

    @Test(arguments: closed) func thisComputerAndItsNetworksAreClosedWhateverAGuestMayReach(place: String) throws {
        let address = try #require(IPAddress(place))
        var named = Self.filter(.hosts([HostRule(name: "data.example", ports: [443, 53, 67])]))
        // A name server may say what it likes.
        #expect(named.reach.learn([address], of: "data.example", for: .seconds(60), at: now).isEmpty)
        for filter in [everything, named] {
            for flags in [TestFrame.syn, TestFrame.ack, TestFrame.rst, TestFrame.syn | TestFrame.ack] {
                let frame = TestFrame.tcp(to: address.bytes, port: 443, flags: flags)
                let verdict = filter.verdict(on: frame[...], at: now)
                guard case .drop = verdict else {
                    Issue.record("\(verdict)")
                    continue
                }
            }
            for port in [1, 69, 443, 5353] as [UInt16] {
                guard case .drop = filter.verdict(on: TestFrame.udp(to: address.bytes, port: port)[...], at: now) else {
                    Issue.record("UDP \(port) to \(place)")
                    continue
                }
            }
        }
    }

    @Test(arguments: [site, site6]) func anAllowedHostIsOpenOnItsPortAlone(place: [UInt8]) throws {
        let filter = try Self.hosts(at: now)
        func verdict(_ frame: [UInt8]) -> Verdict { filter.verdict(on: frame[...], at: now) }
        #expect(verdict(TestFrame.tcp(to: place, port: 443)) == .leave)
        // With the flags of explicit congestion notification.
        #expect(verdict(TestFrame.tcp(to: place, port: 443, flags: TestFrame.syn | 0xC0)) == .leave)
        #expect(verdict(TestFrame.tcp(to: place, port: 80)) == .drop(.destination))
        #expect(verdict(TestFrame.tcp(to: place, port: 443, flags: TestFrame.syn | TestFrame.fin)) == .drop(.malformed))
        #expect(verdict(TestFrame.tcp(to: place, port: 443, flags: TestFrame.syn | TestFrame.ack)) == .drop(.malformed))
        #expect(verdict(TestFrame.udp(to: place, port: 443)) == .drop(.service))
        #expect(verdict(TestFrame.tcp(to: Self.other, port: 443)) == .drop(.destination))
    }

    @Test func aHostIsClosedBeforeItsNameWasAskedFor() {
        let filter = Self.filter(.hosts([HostRule(name: "data.example", ports: [443])]))
        #expect(filter.verdict(on: TestFrame.tcp(to: Self.site, port: 443)[...], at: now) == .drop(.destination))
    }

    @Test func aHostClosesAfterItsTimeButWhatIsOpenStays() throws {
        let filter = try Self.hosts(at: now)
        let attempt = TestFrame.tcp(to: Self.site, port: 443)
        #expect(filter.verdict(on: attempt[...], at: now + .seconds(59)) == .leave)
        #expect(filter.verdict(on: attempt[...], at: now + .seconds(60)) == .drop(.destination))
        let data = TestFrame.tcp(to: Self.site, port: 443, flags: TestFrame.ack)
        #expect(filter.verdict(on: data[...], at: now + .seconds(86400)) == .leave)
    }

    @Test func theWholeInternetIsOpenOnAllPortsByTCPAndUDP() {
        for place in [Self.site, Self.other, Self.site6] {
            for port in [1, 25, 53, 443, 65535] as [UInt16] {
                #expect(everything.verdict(on: TestFrame.tcp(to: place, port: port)[...]) == .leave)
                #expect(everything.verdict(on: TestFrame.udp(to: place, port: port)[...]) == .leave)
            }
            #expect(everything.verdict(on: TestFrame.udp(to: place, port: 0)[...]) == .drop(.service))
        }
    }

    @Test func nothingIsOutsideWhileTheComputersNetworksAreNotKnown() {
        for choice in [GuestReach.Choice.everything, .hosts([HostRule(name: "data.example", ports: [443])])] {
            let filter = Self.filter(choice, own: nil)
            #expect(filter.verdict(on: TestFrame.tcp(to: Self.site, port: 443)[...]) == .drop(.destination))
        }
    }

    @Test(arguments: [[10, 0, 2, 3], resolver6] as [[UInt8]]) func questionsForNamesGoToTheNameServerAlone(
        place: [UInt8]
    ) {
        guard case .question(let datagram) = everything.verdict(on: TestFrame.udp(to: place, port: 53, data: [7])[...])
        else {
            Issue.record("no question")
            return
        }
        #expect(datagram.content == [7])
        #expect(datagram.sourcePort == 40000)
        #expect(everything.verdict(on: TestFrame.udp(to: place, port: 5353)[...]) == .drop(.service))
        #expect(everything.verdict(on: TestFrame.tcp(to: place, port: 53)[...]) == .drop(.destination))
    }

    @Test func ofIPv6OnlyTCPUDPAndTheSearchForTheRouterPass() {
        func verdict(_ service: UInt8, _ content: [UInt8], to place: [UInt8] = Self.site6, hops: UInt8 = 255) -> Verdict
        {
            everything.verdict(on: TestFrame.version6(service, to: place, hops: hops, content)[...])
        }
        let routers = [0xFF, 2] + [UInt8](repeating: 0, count: 13) + [2]
        for (kind, size) in [(133, 8), (135, 24), (136, 24)] as [(UInt8, Int)] {
            let content = [kind] + [UInt8](repeating: 0, count: size - 1)
            #expect(verdict(58, content, to: routers) == .pass)
            #expect(verdict(58, content, to: routers, hops: 64) == .drop(.malformed))
            #expect(verdict(58, content.dropLast(), to: routers) == .drop(.malformed))
            #expect(verdict(58, content) == .drop(.destination))
        }
        // Echo, router advertisement, redirect, multicast listener reports.
        for kind in [128, 129, 134, 137, 143] as [UInt8] {
            #expect(verdict(58, [kind] + [UInt8](repeating: 0, count: 47), to: routers) == .drop(.service))
        }
        let attempt = Array(TestFrame.tcp(to: Self.site6, port: 443).dropFirst(54))
        for header in [0, 43, 60, 135, 139, 140] as [UInt8] { #expect(verdict(header, attempt) == .drop(.options)) }
        #expect(verdict(44, attempt) == .drop(.fragment))
        for service in [1, 4, 41, 47, 50, 132] as [UInt8] { #expect(verdict(service, attempt) == .drop(.service)) }
        let foreign = TestFrame.version6(6, from: Self.site6, to: Self.site6, attempt)
        #expect(everything.verdict(on: foreign[...]) == .drop(.source))
    }

    @Test func datagramsComeInFromOutsideAlone() {
        func arrival(_ source: [UInt8], _ filter: FrameFilter, service: UInt8 = 17) -> FrameFilter.Arrival {
            var frame = TestFrame.udp(from: 9, to: 40000)
            (frame.source, frame.destination, frame.service) = (source, [10, 0, 2, 15], service)
            return filter.arrival(of: frame.bytes[...])
        }
        #expect(arrival(Self.site, everything) == .fromOutside)
        #expect(arrival([10, 0, 2, 2], everything) == .near)
        for place in [[192, 168, 77, 9], [198, 51, 100, 9], [127, 0, 0, 1]] as [[UInt8]] {
            #expect(arrival(place, everything) == .refused)
        }
        let named = Self.filter(.hosts([HostRule(name: "data.example", ports: [443])]))
        #expect(arrival(Self.site, named) == .refused)
        #expect(arrival(Self.site, named, service: 6) == .fromOutside)
    }

    @Test func noByteStringBringsItDownOrGetsBehindTheWall() throws {
        var random = SplitMix(seed: 11)
        let good = [
            TestFrame.tcp(to: Self.site, port: 443), TestFrame.tcp(to: Self.site6, port: 443),
            TestFrame.udp(to: [10, 0, 2, 3], port: 53), TestFrame.udp(to: Self.site6, port: 9), TestFrame.arp(),
        ]
        for filter in [everything, try Self.hosts(at: now)] {
            for _ in 0..<10_000 {
                var frame = good[Int(random.next() % UInt64(good.count))]
                for _ in 0..<4 {
                    frame[Int(random.next() % UInt64(frame.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                let shown = frame[..<Int(random.next() % UInt64(frame.count + 1))]
                guard filter.verdict(on: shown, at: now) == .leave else { continue }
                let range = frame[12] == 8 ? 30..<34 : 38..<54
                let destination = try #require(IPAddress(bytes: Array(frame[range])))
                #expect(filter.reach.isOutside(destination))
            }
        }
    }
}
