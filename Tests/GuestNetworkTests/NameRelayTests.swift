import Addresses
import Glibc
import Slirp
import SystemPackage
import Testing

@testable import GuestNetwork

/// The relay between a guest and a name server of the tests' own.
struct NameRelayTests {
    /// A name server on 127.0.0.1 that answers once, when it is told to.
    private final class Server {
        let socket: CInt
        let port: UInt16

        init() throws {
            let socket = Glibc.socket(AF_INET, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
                }
            }
            try #require(bound)
            (self.socket, port) = (socket, UInt16(bigEndian: address.sin_port))
        }

        deinit { close(socket) }

        /// The next question, with its sender kept for the answer.
        func answerNext(_ make: ([UInt8]) -> [UInt8]) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: 2048)
            var sender = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            return withUnsafeMutablePointer(to: &sender) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    let count = recvfrom(socket, &bytes, bytes.count, 0, generic, &size)
                    guard count > 0 else { return nil }
                    let question = Array(bytes.prefix(count))
                    let answer = make(question)
                    sendto(socket, answer, answer.count, 0, generic, size)
                    return question
                }
            }
        }
    }

    private let now = ContinuousClock.now
    private let rules = [HostRule(name: "data.example", ports: [443])]

    private func datagram(_ message: [UInt8]) throws -> Datagram {
        Datagram(
            hardware: [2, 0, 0, 0, 0, 1], source: try #require(IPAddress("10.0.2.15")), sourcePort: 40000,
            destination: try #require(IPAddress("10.0.2.3")), destinationPort: 53, content: message)
    }

    /// What a frame to the guest carries, and whether its sums are right.
    private func content(of frame: [UInt8]) throws -> [UInt8] {
        try #require(frame.count > 42)
        #expect(frame[..<6] == [2, 0, 0, 0, 0, 1])
        #expect(Datagram.checksum(Array(frame[14..<34])) == 0)
        let size = UInt16(frame.count - 34)
        #expect(Datagram.checksum(Array(frame[26..<34]) + [0, 17] + size.bytes + Array(frame[34...])) == 0)
        #expect(Array(frame[34..<38]) == [0, 53] + UInt16(40000).bytes)
        return Array(frame[42...])
    }

    /// Asks, lets the server answer, and gives what the guest gets and what it may reach after.
    private func exchange(
        _ message: [UInt8], kind: UInt16 = 1, choice: GuestReach.Choice? = nil, records: [DNSTests.Record]
    ) throws -> (answer: [UInt8]?, reach: GuestReach, asked: [UInt8]?) {
        let server = try Server()
        let home = try #require(IPAddress("127.0.0.1"))
        var relay = NameRelay(servers: { [home] }, port: server.port)
        var reach = GuestReach(choice ?? .hosts(rules), own: OutsideTests.own)
        if let frame = relay.ask(try datagram(message), within: reach, at: now) {
            return (try content(of: frame), reach, server.answerNext { $0 })
        }
        let asked = server.answerNext { question in
            DNSTests.answer(records, number: UInt16(question[0]) << 8 | UInt16(question[1]), kind: kind)
        }
        var polled = PollSet()
        relay.prepare(&polled)
        polled.wait(2000)
        let frames = relay.collect(polled, for: &reach, at: now)
        return (try frames.first.map { try content(of: $0) }, reach, asked)
    }

    private func code(_ message: [UInt8]?) -> UInt8? { message.map { $0[3] & 0xF } }

    @Test func anAllowedNameIsAskedForAndItsAddressOpens() throws {
        let (answer, reach, asked) = try exchange(
            DNSTests.question(), records: [.version4("data.example", DNSTests.place, lifetime: 5)])
        let place = try #require(IPAddress(bytes: DNSTests.place))
        #expect(answer.map { Array($0.suffix(10)) } == [0, 0, 0, 60, 0, 4] + DNSTests.place)
        #expect(asked.map { Array($0[12..<26]) } == DNSTests.wire("data.example"))
        // A minute at the least, and a minute longer than the guest was told.
        #expect(reach.allowsConnection(to: place, port: 443, at: now + .seconds(119)))
        #expect(!reach.allowsConnection(to: place, port: 443, at: now + .seconds(120)))
        #expect(!reach.allowsConnection(to: place, port: 80, at: now))
    }

    @Test func anHourIsTheLongestTime() throws {
        let (answer, reach, _) = try exchange(
            DNSTests.question(), records: [.version4("data.example", DNSTests.place, lifetime: .max)])
        #expect(answer.map { Array($0.suffix(10)) } == [0, 0, 0x0E, 0x10, 0, 4] + DNSTests.place)
        let place = try #require(IPAddress(bytes: DNSTests.place))
        #expect(!reach.allowsConnection(to: place, port: 443, at: now + .seconds(3660)))
    }

    @Test(arguments: ["evil.example", "a.data.example", "localhost", "data.example.evil.example"])
    func aNameThatIsNotAllowedIsNotThereAndNobodyIsAsked(name: String) throws {
        let (answer, _, asked) = try exchange(DNSTests.question(name), records: [])
        #expect(code(answer) == 3)
        #expect(asked == nil)
    }

    @Test func onlyAddressesAreAskedFor() throws {
        for kind in [5, 12, 15, 16, 33, 65, 255] as [UInt16] {
            let (answer, _, asked) = try exchange(DNSTests.question(kind: kind), records: [])
            #expect(code(answer) == 0)
            #expect(answer.map { $0[7] } == 0)
            #expect(asked == nil)
        }
    }

    @Test(arguments: [.hosts([HostRule(name: "data.example", ports: [443])]), .everything] as [GuestReach.Choice])
    func aNameThatMeansAPlaceBehindTheWallIsNotThere(choice: GuestReach.Choice) throws {
        for place in [[127, 0, 0, 1], [10, 9, 8, 7], [192, 168, 77, 1], [198, 51, 100, 7], [169, 254, 169, 254]]
            as [[UInt8]]
        {
            let (answer, reach, _) = try exchange(
                DNSTests.question(), choice: choice, records: [.version4("data.example", place)])
            #expect(code(answer) == 3)
            let address = try #require(IPAddress(bytes: place))
            #expect(!reach.allowsConnection(to: address, port: 443, at: now))
        }
    }

    @Test func ofAMixedAnswerTheGuestSeesWhatIsOutside() throws {
        let (answer, _, _) = try exchange(
            DNSTests.question(),
            records: [.version4("data.example", [10, 9, 8, 7]), .version4("data.example", DNSTests.place)])
        #expect(answer.map { $0[7] } == 1)
        #expect(answer.map { Array($0.suffix(4)) } == DNSTests.place)
    }

    @Test func aServerThatIsNotThereIsPassedOverAndNoneIsAFailure() throws {
        let server = try Server()
        let (dead, home) = (try #require(IPAddress("127.0.0.9")), try #require(IPAddress("127.0.0.1")))
        for servers in [[dead, home], [dead]] {
            var relay = NameRelay(servers: { servers }, port: server.port)
            var reach = GuestReach(.hosts(rules), own: [])
            #expect(relay.ask(try datagram(DNSTests.question()), within: reach, at: now) == nil)
            var frames: [[UInt8]] = []
            for step in 0..<4 where frames.isEmpty {
                _ = server.answerNext {
                    DNSTests.answer(
                        [.version4("data.example", DNSTests.place)], number: UInt16($0[0]) << 8 | UInt16($0[1]))
                }
                var polled = PollSet()
                relay.prepare(&polled)
                polled.wait(200)
                frames = relay.collect(polled, for: &reach, at: now + .seconds(2 * step))
            }
            #expect(code(try frames.first.map { try content(of: $0) }) == (servers.count == 2 ? 0 : 2))
        }
    }

    @Test func aForgedAnswerDoesNotEndTheWait() throws {
        let server = try Server()
        let home = try #require(IPAddress("127.0.0.1"))
        var relay = NameRelay(servers: { [home] }, port: server.port)
        var reach = GuestReach(.hosts(rules), own: [])
        _ = relay.ask(try datagram(DNSTests.question()), within: reach, at: now)
        var number: UInt16 = 0
        _ = server.answerNext { question in
            number = UInt16(question[0]) << 8 | UInt16(question[1])
            return DNSTests.answer([.version4("data.example", [203, 0, 113, 66])], number: number &+ 1)
        }
        var polled = PollSet()
        relay.prepare(&polled)
        polled.wait(1000)
        #expect(relay.collect(polled, for: &reach, at: now).isEmpty)
        #expect(relay.deadline != nil)
    }

    @Test func aFloodOfQuestionsIsCut() throws {
        let server = try Server()
        let home = try #require(IPAddress("127.0.0.1"))
        var relay = NameRelay(servers: { [home] }, port: server.port)
        for _ in 0..<200 {
            #expect(relay.ask(try datagram(DNSTests.question()), within: GuestReach(.everything), at: now) == nil)
        }
        var count = 0
        while server.answerNext({ _ in [] }) != nil { count += 1 }
        #expect(count == 64)
    }

    @Test func theFileOfNameServersIsReadAsTheSystemReadsIt() {
        let text = """
            # nameserver 192.0.2.1
            search example
            nameserver 192.0.2.2
            nameserver\t2001:db8::1
            nameserver fe80::1%eth0
            nameserver
            options edns0
            nameserver 192.0.2.3
            nameserver 192.0.2.4
            """
        #expect(NameServers.parse(text).map(\.description) == ["192.0.2.2", "2001:db8::1", "192.0.2.3"])
    }
}
