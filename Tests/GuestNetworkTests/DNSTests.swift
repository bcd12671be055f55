import Addresses
import Testing

@testable import GuestNetwork

/// Messages of DNS as a hostile guest or a hostile name server could write them.
struct DNSTests {
    /// One record of an answer, its owner and value as they stand on the wire.
    struct Record {
        var owner: [UInt8]
        var kind: UInt16
        var lifetime: UInt32 = 300
        var value: [UInt8]

        static func version4(_ name: String, _ address: [UInt8], lifetime: UInt32 = 300) -> Record {
            Record(owner: DNSTests.wire(name), kind: 1, lifetime: lifetime, value: address)
        }

        static func alias(_ name: String, _ target: String, lifetime: UInt32 = 300) -> Record {
            Record(owner: DNSTests.wire(name), kind: 5, lifetime: lifetime, value: DNSTests.wire(target))
        }

        var bytes: [UInt8] {
            owner + kind.bytes + [0, 1] + lifetime.bytes + UInt16(value.count).bytes + value
        }
    }

    static func wire(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    static func question(_ name: String = "data.example", kind: UInt16 = 1, flags: UInt16 = 0x0100) -> [UInt8] {
        UInt16(0xABCD).bytes + flags.bytes + [0, 1, 0, 0, 0, 0, 0, 0] + wire(name) + kind.bytes + [0, 1]
    }

    static func answer(
        _ records: [Record], number: UInt16 = 77, flags: UInt16 = 0x8180, name: String = "data.example",
        kind: UInt16 = 1,
        count: UInt16? = nil
    ) -> [UInt8] {
        number.bytes + flags.bytes + [0, 1] + (count ?? UInt16(records.count)).bytes + [0, 0, 0, 0] + wire(name)
            + kind.bytes + [0, 1] + records.flatMap(\.bytes)
    }

    static let place: [UInt8] = [203, 0, 113, 20]

    private func parsed(_ message: [UInt8], kind: UInt16 = 1) throws -> DNSAnswer? {
        DNSAnswer(parsing: message, to: try #require(DNSQuestion(parsing: Self.question(kind: kind))), number: 77)
    }

    private func addresses(_ records: Record...) throws -> [String]? {
        guard case .addresses(let found) = try parsed(Self.answer(records))?.outcome else { return nil }
        return found.map(\.description)
    }

    @Test func aQuestionIsReadInAnyCaseAndAnsweredInItsOwn() throws {
        let question = try #require(DNSQuestion(parsing: Self.question("DaTa.Example")))
        #expect(question.name == "data.example")
        let address = try #require(IPAddress(bytes: Self.place))
        #expect(
            question.answer(.success, [address], lifetime: 60)
                == [0xAB, 0xCD, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] + Self.wire("DaTa.Example") + [0, 1, 0, 1]
                + [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4] + Self.place)
    }

    @Test(arguments: ["data.example", String(repeating: "abcdefghijk.", count: 21) + "a"])
    func everyAnswerFitsIntoAnOldMessage(
        name: String
    ) throws {
        let many = try (1...40).map { try #require(IPAddress("2001:db8::\($0)")) }
        let question = try #require(DNSQuestion(parsing: Self.question(name, kind: 28)))
        let answer = question.answer(.success, many)
        #expect(answer.count <= 512)
        #expect(answer[7] >= 8)
        #expect(answer.count == 12 + question.text.count + Int(answer[7]) * 28)
    }

    @Test func nothingOfTheGuestsButTheNameGoesOn() throws {
        let question = try #require(DNSQuestion(parsing: Self.question("DATA.example", flags: 0x0130)))
        #expect(
            question.forwarded(as: 77)
                == [0, 77, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1] + Self.wire("data.example") + [0, 1, 0, 1]
                + [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0])
    }

    static let noQuestions: [[UInt8]] = [
        [], question(flags: 0x8100), question(flags: 0x2900), question(""), question("a b.example"),
        question("\u{e4}.example"), question("a\u{0}.example"), Array(question().dropLast()),
        question(String(repeating: "a.", count: 130)), [0xAB, 0xCD, 1, 0, 0, 2] + question().dropFirst(6),
        [0xAB, 0xCD, 1, 0, 0, 1, 0, 1] + question().dropFirst(8), question() + [UInt8](repeating: 0, count: 600),
        // A name that points at itself, and one whose label says it is longer than there are bytes.
        [0xAB, 0xCD, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1],
        [0xAB, 0xCD, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 97, 0, 0, 1, 0, 1],
    ]

    @Test(arguments: noQuestions.indices) func whatIsNoQuestionIsNotAnswered(place: Int) {
        #expect(DNSQuestion(parsing: Self.noQuestions[place]) == nil)
    }

    @Test func chainsOfNamesAreFollowedInAnyOrder() throws {
        #expect(
            try addresses(
                .version4("edge.cdn.example", Self.place), .alias("www.cdn.example", "edge.cdn.example"),
                .alias("data.example", "www.cdn.example")) == ["203.0.113.20"])
    }

    @Test func anAddressThatDoesNotHangOnTheQuestionDoesNotCount() throws {
        #expect(try addresses(.version4("evil.example", Self.place)) == [])
        #expect(
            try addresses(
                .alias("data.example", "a.example"), .version4("b.example", Self.place)) == [])
        #expect(try addresses(.alias("evil.example", "data.example"), .version4("evil.example", Self.place)) == [])
    }

    @Test func chainsWithoutEndAreNoAnswer() throws {
        let ring = [Record.alias("data.example", "a.example"), .alias("a.example", "data.example")]
        #expect(try parsed(Self.answer(ring))?.outcome == .failed)
        let long = (0..<20).map { Record.alias($0 == 0 ? "data.example" : "n\($0).example", "n\($0 + 1).example") }
        #expect(try parsed(Self.answer(long + [.version4("n20.example", Self.place)]))?.outcome == .failed)
    }

    @Test func theShortestLifetimeOfTheChainCounts() throws {
        let records = [
            Record.alias("data.example", "a.example", lifetime: 50), .version4("a.example", Self.place, lifetime: 70),
            .version4("a.example", Self.place, lifetime: 60), .version4("b.example", Self.place, lifetime: 1),
        ]
        #expect(try parsed(Self.answer(records))?.lifetime == 50)
    }

    @Test func answersToOtherQuestionsAreNone() throws {
        let good = [Record.version4("data.example", Self.place)]
        #expect(try parsed(Self.answer(good)) != nil)
        #expect(try parsed(Self.answer(good, number: 78)) == nil)
        #expect(try parsed(Self.answer(good, name: "evil.example")) == nil)
        #expect(try parsed(Self.answer(good, kind: 28)) == nil)
        #expect(try parsed(Self.answer(good, flags: 0x0180)) == nil)
        #expect(try parsed(Self.answer(good, count: 2)) == nil)
        #expect(try parsed(Self.answer(good, count: 9999)) == nil)
    }

    @Test func recordsThatLieAreNoAnswer() throws {
        #expect(try parsed(Self.answer([.version4("data.example", [1, 2, 3])])) == nil)
        #expect(try parsed(Self.answer([.version4("data.example", [UInt8](repeating: 0x20, count: 16))])) == nil)
        #expect(
            try parsed(Self.answer([Record(owner: [0xC0, 200], kind: 1, value: Self.place)])) == nil)
        #expect(
            try parsed(Self.answer([Record(owner: [0xC0, 12], kind: 5, value: Self.wire("a.example") + [0])])) == nil)
    }

    @Test func aNameByReferenceIsTheSameName() throws {
        let record = Record(owner: [0xC0, 12], kind: 1, value: Self.place)
        #expect(try parsed(Self.answer([record]))?.outcome == .addresses([try #require(IPAddress(bytes: Self.place))]))
    }

    @Test func aCutAnswerCountsAsFarAsItGoes() throws {
        let whole = Self.answer(
            [.version4("data.example", Self.place), .version4("data.example", Self.place)], flags: 0x8380)
        #expect(
            try parsed(Array(whole.dropLast(3)))?.outcome == .addresses([try #require(IPAddress(bytes: Self.place))]))
        #expect(try parsed(Self.answer([], flags: 0x8380))?.outcome == .failed)
    }

    @Test(arguments: [(0x8183, .noSuchName), (0x8182, .failed), (0x8185, .failed)] as [(UInt16, DNSAnswer.Outcome)])
    func whatTheServerCannotSayIsToldApart(flags: UInt16, outcome: DNSAnswer.Outcome) throws {
        #expect(try parsed(Self.answer([], flags: flags))?.outcome == outcome)
    }

    @Test func noByteStringBringsItDown() throws {
        var random = SplitMix(seed: 5)
        let good = Self.answer([.alias("data.example", "a.example"), .version4("a.example", Self.place)])
        for message in [good, Self.question()] {
            for _ in 0..<20_000 {
                var changed = message
                for _ in 0..<3 {
                    changed[Int(random.next() % UInt64(changed.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                changed = Array(changed.prefix(Int(random.next() % UInt64(changed.count + 1))))
                _ = try parsed(changed)
                guard let question = DNSQuestion(parsing: changed) else { continue }
                #expect(question.answer(.noSuchName).count <= 512)
            }
        }
    }
}
