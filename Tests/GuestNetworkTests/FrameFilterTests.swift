import GuestNetwork
import Slirp
import Testing

struct FrameFilterTests {
    let filter = FrameFilter(NetworkLayout(), ports: [80, 8080])

    func verdict(_ frame: TestFrame) -> FrameFilter.Verdict { filter.verdict(on: frame.bytes[...]) }

    @Test(arguments: [
        TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.syn | TestFrame.ack),
        .tcp(from: 8080, to: 40000, flags: TestFrame.ack, data: [1, 2, 3]),
        .tcp(from: 80, to: 40000, flags: TestFrame.fin | TestFrame.ack),
        .tcp(from: 80, to: 40000, flags: TestFrame.rst),
        .dhcp,
    ])
    func answersOfForwardedPortsAndTheQuestionForAnAddressPass(frame: TestFrame) {
        #expect(verdict(frame) == .pass)
    }

    @Test func aDoNotFragmentBitIsNoFragment() {
        var frame = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack)
        frame.fragment = 0x4000
        #expect(verdict(frame) == .pass)
    }

    @Test func paddingOfShortFramesDoesNoHarm() {
        let frame = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack).bytes + [0, 0, 0, 0, 0, 0]
        #expect(filter.verdict(on: frame[...]) == .pass)
    }

    @Test(arguments: [
        [127, 0, 0, 1], [127, 255, 0, 9], [0, 0, 0, 0], [255, 255, 255, 255], [10, 0, 2, 255], [10, 0, 2, 3],
        [192, 168, 77, 1], [169, 254, 169, 254], [224, 0, 0, 251], [203, 0, 113, 10], [10, 0, 2, 15],
    ])
    func nothingGoesAnywhereButToTheGateway(destination: [UInt8]) {
        for flags in [TestFrame.syn, TestFrame.ack, TestFrame.syn | TestFrame.ack] {
            var frame = TestFrame.tcp(from: 80, to: 18777, flags: flags)
            frame.destination = destination
            #expect(verdict(frame) == .drop(.destination))
        }
    }

    @Test func noConnectionIsOpenedFromInsideNotEvenFromAForwardedPort() {
        #expect(verdict(.tcp(from: 80, to: 5624, flags: TestFrame.syn)) == .drop(.connectionAttempt))
        #expect(verdict(.tcp(from: 40000, to: 5624, flags: TestFrame.syn)) == .drop(.service))
        #expect(verdict(.tcp(from: 81, to: 40000, flags: TestFrame.ack)) == .drop(.service))
    }

    @Test(arguments: [
        TestFrame.udp(from: 40000, to: 53), .udp(from: 68, to: 69), .udp(from: 53, to: 67),
        .udp(from: 40000, to: 123),
    ])
    func noNamesAreAskedAndNoFilesFetched(frame: TestFrame) {
        #expect(verdict(frame) == .drop(.service))
    }

    @Test func theQuestionForAnAddressGoesToNobodyElse() {
        var frame = TestFrame.dhcp
        frame.destination = [127, 0, 0, 1]
        #expect(verdict(frame) == .drop(.destination))
        frame = .dhcp
        frame.source = [192, 168, 1, 1]
        #expect(verdict(frame) == .drop(.source))
    }

    @Test(arguments: [1, 2, 4, 41, 47, 50, 58, 132] as [UInt8])
    func otherServicesOfIPv4AreDropped(service: UInt8) {
        var frame = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack)
        frame.service = service
        #expect(verdict(frame) == .drop(.service))
    }

    @Test(arguments: [0x86DD, 0x8100, 0x88A8, 0x0842, 0x0200, 0x8035, 0xFFFF] as [UInt16])
    func otherProtocolsAreDropped(etherType: UInt16) {
        var frame = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack)
        frame.etherType = etherType
        #expect(verdict(frame) == .drop(.otherProtocol))
    }

    @Test(arguments: [0x2000, 0x0001, 0x2005, 0x1FFF, 0x8000] as [UInt16])
    func fragmentsAreDropped(fragment: UInt16) {
        var frame = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack)
        frame.fragment = fragment
        #expect(verdict(frame) == .drop(.fragment))
    }

    @Test(arguments: [6, 15] as [UInt8])
    func optionsOfIPv4AreDropped(headerWords: UInt8) {
        var frame = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack)
        frame.headerWords = headerWords
        #expect(verdict(frame) == .drop(.options))
    }

    @Test func aBorrowedSourceIsDropped() {
        var frame = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack)
        frame.source = [127, 0, 0, 1]
        #expect(verdict(frame) == .drop(.source))
        #expect(filter.verdict(on: TestFrame.arp(from: [10, 0, 2, 2])[...]) == .drop(.source))
    }

    @Test func questionsAboutAddressesPassAndOtherOperationsDoNot() {
        #expect(filter.verdict(on: TestFrame.arp()[...]) == .pass)
        #expect(filter.verdict(on: TestFrame.arp(operation: 2)[...]) == .pass)
        #expect(filter.verdict(on: TestFrame.arp(from: [0, 0, 0, 0])[...]) == .pass)
        #expect(filter.verdict(on: TestFrame.arp(operation: 3)[...]) == .drop(.service))
    }

    @Test func lengthsThatLieAreDropped() {
        for claimed in [0, 19, 39, 41, 1500, 65535] {
            var frame = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack)
            frame.claimedLength = claimed
            #expect(verdict(frame) == .drop(.malformed), "\(claimed)")
        }
        for (version, words) in [(6, 5), (4, 4), (4, 0), (0, 5)] as [(UInt8, UInt8)] {
            var frame = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack)
            frame.version = version
            frame.headerWords = words
            #expect(verdict(frame) == .drop(.malformed))
        }
        var udp = TestFrame.dhcp
        udp.content[5] = 200
        #expect(verdict(udp) == .drop(.malformed))
        var tcp = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack)
        tcp.content[12] = 0xF0
        #expect(verdict(tcp) == .drop(.malformed))
    }

    /// A slice has indices of its own, which a filter could take for offsets.
    @Test func everyPrefixOfAGoodFrameIsDroppedAndNeverReadPastItsEnd() {
        for good in [
            TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack).bytes, TestFrame.dhcp.bytes, TestFrame.arp(),
        ] {
            let shifted = [UInt8](repeating: 0xAA, count: 7) + good
            #expect(filter.verdict(on: shifted[7...]) == .pass)
            for count in 0..<good.count {
                #expect(filter.verdict(on: shifted[7..<(7 + count)]) == .drop(.malformed), "\(count)")
            }
        }
    }

    @Test func noByteStringBringsItDown() {
        var random = SplitMix(seed: 7)
        for _ in 0..<20_000 {
            var frame = TestFrame.tcp(from: 80, to: 40000, flags: TestFrame.ack).bytes
            for _ in 0..<4 {
                frame[Int(random.next() % UInt64(frame.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            let verdict = filter.verdict(on: frame[..<Int(random.next() % UInt64(frame.count + 1))])
            // Whatever passes goes to the gateway, is DHCP, or is ARP.
            guard verdict == .pass, frame[12...13] == [8, 0] else { continue }
            #expect(frame[30...33] == [10, 0, 2, 2] || frame[23] == 17)
        }
    }
}

/// Numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
