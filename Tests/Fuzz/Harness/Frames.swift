@testable import Bridge

/// The frames of a WebSocket: the same messages however the bytes come, and the same as a plain reading of RFC 6455.
///
/// The first byte says in what parts the others come.
@Sendable func fuzzFrames(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let stream = Array(bytes.dropFirst())
    let expected = PlainFrames(reading: stream)
    demand(read(stream, inPartsOf: stream.count) == expected, "the whole reads otherwise")
    demand(read(stream, inPartsOf: Int(first % 32) + 1) == expected, "parts of \(first % 32 + 1) read otherwise")
    // What we send is for browsers, who do not mask: our own reader must refuse it.
    let echo = FrameHeader.frame(.binary, stream)
    demand(read(echo, inPartsOf: echo.count).isBroken, "a frame without a mask was taken")
}

private func read(_ bytes: [UInt8], inPartsOf size: Int) -> PlainFrames {
    var reader = FrameReader()
    var seen = PlainFrames()
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + size)
        var part = Array(bytes[start..<end])
        start = end
        var span = part.mutableSpan
        var offset = 0
        do throws(FrameReader.Fault) {
            while let piece = try reader.next(in: &span, at: &offset) {
                switch piece {
                case .text(let range, let ends):
                    seen.take(.text, range.map { span[$0] }, ends)
                case .binary(let range, let ends):
                    seen.take(.binary, range.map { span[$0] }, ends)
                case .ping(let payload): seen.take(.ping, payload, true)
                case .pong: seen.take(.pong, [], true)
                case .close(let payload): seen.take(.close, payload, true)
                }
            }
        } catch {
            demand(error.reason.utf8.count <= 123, "a reason that no close frame holds")
            seen.isBroken = true
            break
        }
        demand(offset == span.count, "bytes were left")
    }
    return seen
}

/// What a stream says, read in the plainest way.
private struct PlainFrames: Equatable {
    enum Kind: UInt8 {
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10
    }

    struct Message: Equatable {
        let kind: Kind
        var payload: [UInt8]
        var ends: Bool
    }

    var messages: [Message] = []
    var isBroken = false
    /// Where the message that is not at its end stands.
    private var open: Int?

    init() {}

    mutating func take(_ kind: Kind, _ payload: [UInt8], _ ends: Bool) {
        switch kind {
        case .text, .binary:
            if let open {
                messages[open].payload += payload
                messages[open].ends = ends
            } else if !payload.isEmpty || ends {
                messages.append(Message(kind: kind, payload: payload, ends: ends))
                open = messages.count - 1
            }
            if ends { open = nil }
        case .close, .ping, .pong: messages.append(Message(kind: kind, payload: payload, ends: true))
        }
    }

    init(reading bytes: [UInt8]) {
        var rest = bytes[...]
        var continued: Kind?
        while rest.count >= 2, let first = rest.popFirst(), let second = rest.popFirst() {
            let (opcode, isFinal, isControl) = (first & 0x0F, first & 0x80 != 0, first & 0x08 != 0)
            let kind = opcode == 0 ? continued : Kind(rawValue: opcode)
            let isOutOfPlace = isControl ? !isFinal || second & 0x7F > 125 : opcode != 0 && continued != nil
            guard first & 0x70 == 0, second & 0x80 != 0, let kind, !isOutOfPlace else {
                isBroken = true
                return
            }
            let width = second & 0x7F == 126 ? 2 : second & 0x7F == 127 ? 8 : 0
            guard rest.count >= width + 4 else { return }
            let written = rest.prefix(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let length = width == 0 ? UInt64(second & 0x7F) : written
            guard length < 1 << 63, width == 0 || length > (width == 2 ? 125 : 65535) else {
                isBroken = true
                return
            }
            let key = Array(rest.dropFirst(width).prefix(4))
            let payload = rest.dropFirst(width + 4).prefix(Int(length))
            rest = rest.dropFirst(width + 4 + payload.count)
            let isWhole = payload.count == length
            if isControl && !isWhole { return }
            if !isControl { continued = isFinal && isWhole ? nil : kind }
            let plain = payload.enumerated().map { $1 ^ key[$0 % 4] }
            take(kind, kind == .pong ? [] : plain, isFinal && isWhole)
        }
    }
}
