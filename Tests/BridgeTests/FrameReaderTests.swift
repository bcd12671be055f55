import Testing

@testable import Bridge

struct FrameReaderTests {
    /// What a reader makes of bytes that come in parts: whole messages, and control frames in their places.
    private enum Seen: Equatable {
        case text([UInt8])
        case binary([UInt8])
        case ping([UInt8])
        case pong
        case close([UInt8])
    }

    private func read(_ bytes: [UInt8], inPartsOf sizes: () -> Int) throws(FrameReader.Fault) -> [Seen] {
        var reader = FrameReader()
        var seen: [Seen] = []
        var message: [UInt8] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + max(1, sizes()))
            var part = Array(bytes[start..<end])
            start = end
            var span = part.mutableSpan
            var offset = 0
            while let piece = try reader.next(in: &span, at: &offset) {
                switch piece {
                case .text(let range, let ends), .binary(let range, let ends):
                    for index in range { message.append(span[index]) }
                    guard ends else { continue }
                    if case .text = piece { seen.append(.text(message)) } else { seen.append(.binary(message)) }
                    message = []
                case .ping(let payload): seen.append(.ping(payload))
                case .pong: seen.append(.pong)
                case .close(let payload): seen.append(.close(payload))
                }
            }
        }
        return seen
    }

    private func read(_ bytes: [UInt8]) throws(FrameReader.Fault) -> [Seen] { try read(bytes) { bytes.count } }

    private func frame(_ first: UInt8, _ payload: [UInt8] = [], masked: Bool = true, length: [UInt8]? = nil) -> [UInt8]
    {
        WebSocketClient.frame(first, payload, masked: masked, length: length)
    }

    @Test func aMessageIsTheSameHoweverItsBytesCome() throws {
        let sizes = [0, 1, 2, 124, 125, 126, 127, 128, 1000, 65535, 65536, 70000]
        var bytes: [UInt8] = []
        var expected: [Seen] = []
        for size in sizes {
            let payload = (0..<size).map { _ in UInt8.random(in: 0...255) }
            bytes += frame(0x82, payload) + frame(0x89, Array(payload.prefix(125))) + frame(0x8A)
            expected += [.binary(payload), .ping(Array(payload.prefix(125))), .pong]
        }
        #expect(try read(bytes) == expected)
        #expect(try read(bytes) { 1 } == expected)
        #expect(try read(bytes) { 7 } == expected)
        for _ in 0..<20 { #expect(try read(bytes) { .random(in: 1...5000) } == expected) }
    }

    @Test func aMessageMayComeInFragmentsWithControlFramesBetween() throws {
        let bytes =
            frame(0x01, [1, 2]) + frame(0x89, [9]) + frame(0x00) + frame(0x00, [3]) + frame(0x80, [4])
            + frame(0x82, [5])
        #expect(try read(bytes) == [.ping([9]), .text([1, 2, 3, 4]), .binary([5])])
        #expect(try read(bytes) { 1 } == [.ping([9]), .text([1, 2, 3, 4]), .binary([5])])
    }

    @Test(arguments: [
        ("unmasked text", WebSocketClient.frame(0x81, [1], masked: false)),
        ("unmasked and empty", WebSocketClient.frame(0x81, [], masked: false)),
        ("unmasked ping", WebSocketClient.frame(0x89, [], masked: false)),
        ("unmasked close", WebSocketClient.frame(0x88, [3, 0xE8], masked: false)),
        ("reserved bit 1, a deflated message", WebSocketClient.frame(0xC1, [1])),
        ("reserved bit 2", WebSocketClient.frame(0xA1, [1])),
        ("reserved bit 3", WebSocketClient.frame(0x91, [1])),
        ("reserved bit in a ping", WebSocketClient.frame(0xC9, [1])),
        ("opcode 3", WebSocketClient.frame(0x83)), ("opcode 7", WebSocketClient.frame(0x87)),
        ("opcode 11", WebSocketClient.frame(0x8B)), ("opcode 15", WebSocketClient.frame(0x8F)),
        ("ping in fragments", WebSocketClient.frame(0x09)), ("close in fragments", WebSocketClient.frame(0x08)),
        ("long ping", WebSocketClient.frame(0x89, [UInt8](repeating: 0, count: 126))),
        ("long close", WebSocketClient.frame(0x88, [UInt8](repeating: 0, count: 126))),
        ("nothing to continue", WebSocketClient.frame(0x80, [1])),
        ("nothing to continue, not the last", WebSocketClient.frame(0x00, [1])),
        ("message inside a message", WebSocketClient.frame(0x01, [1]) + WebSocketClient.frame(0x81, [1])),
        ("binary inside a text", WebSocketClient.frame(0x01, [1]) + WebSocketClient.frame(0x82, [1])),
        ("2-byte length that fits in 7 bits", WebSocketClient.frame(0x82, [1], length: [126, 0, 125])),
        ("8-byte length that fits in 7 bits", WebSocketClient.frame(0x82, [1], length: [127, 0, 0, 0, 0, 0, 0, 0, 1])),
        (
            "8-byte length that fits in 2",
            WebSocketClient.frame(0x82, [1], length: [127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
        ),
        ("length with the highest bit", WebSocketClient.frame(0x82, [1], length: [127, 0x80, 0, 0, 0, 0, 0, 0, 0])),
        ("length of all ones", WebSocketClient.frame(0x82, [1], length: [127] + [UInt8](repeating: 0xFF, count: 8))),
    ])
    func whatTheRulesForbidEndsTheStream(what: String, bytes: [UInt8]) {
        let fault = #expect(throws: FrameReader.Fault.self, "\(what)") { try read(bytes) }
        #expect(fault?.code == .protocolError)
        #expect(throws: FrameReader.Fault.self, "\(what)") { try read(bytes) { 1 } }
    }

    @Test func aForbiddenFrameIsSeenBeforeItsPayload() {
        // Two bytes are enough to know that it is not masked.
        #expect(throws: FrameReader.Fault.self) { try read([0x81, 0x05]) }
    }

    @Test func anEnormousFrameIsReadAsItComesAndNeverGathered() throws {
        var reader = FrameReader()
        var part = WebSocketClient.frame(0x82, [1, 2, 3], length: [127, 0, 0, 1, 0, 0, 0, 0, 0])
        var span = part.mutableSpan
        var offset = 0
        guard case .binary(let range, ends: false)? = try reader.next(in: &span, at: &offset) else {
            Issue.record("no piece")
            return
        }
        #expect(range.count == 3)
        #expect(try reader.next(in: &span, at: &offset) == nil)
    }

    @Test func randomBytesNeverStopTheReader() {
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 1...300)).map { _ in UInt8.random(in: 0...255) }
            do throws(FrameReader.Fault) {
                _ = try read(bytes) { .random(in: 1...40) }
            } catch {
                #expect(error.code == .protocolError)
            }
        }
    }

    @Test(arguments: [0, 1, 125, 126, 65535, 65536, 100_000])
    func ourHeadersAreInTheirShortestForm(size: Int) throws {
        var header: [UInt8] = []
        FrameHeader.append(.binary, payload: size, to: &header)
        let expected = WebSocketClient.frame(0x82, [UInt8](repeating: 0, count: size), masked: false)
        #expect(header == Array(expected.dropLast(size)))
    }

    @Test func aCloseFrameHoldsAsMuchOfItsReasonAsFits() {
        let frame = FrameHeader.close(.normal, String(repeating: "é", count: 200))
        #expect(frame[1] == 124)
        #expect(String(validating: frame.dropFirst(4), as: UTF8.self) != nil)
    }
}
