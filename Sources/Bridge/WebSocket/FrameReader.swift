import LWS

/// Takes a stream of bytes apart into the frames of RFC 6455 that a browser sends; a plain value.
///
/// Strict, because the library's own reader is not: it takes frames that are not masked and lengths that are not in their
/// shortest form. Payload is uncovered in place and never gathered, but for the few bytes of a control frame.
struct FrameReader {
    /// A part of what the bytes hold.
    enum Piece: Equatable {
        /// Bytes of a text or binary message, as a range of the buffer; `ends` with the last of the message.
        case text(Range<Int>, ends: Bool)
        case binary(Range<Int>, ends: Bool)
        case ping([UInt8])
        case pong
        /// With its payload.
        case close([UInt8])
    }

    /// Why the stream cannot be read any further.
    struct Fault: Error, Hashable {
        let code: CloseCode
        /// At most 123 bytes, for the other side.
        let reason: String

        static func violation(_ reason: String) -> Fault { Fault(code: .protocolError, reason: reason) }
    }

    private enum Opcode: UInt8 {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        var isControl: Bool { rawValue >= 8 }
    }

    private enum Place {
        case header
        case payload
    }

    private var place = Place.header
    /// The bytes of the header that have come; keeps its room from frame to frame.
    private var header: [UInt8] = []
    private var opcode = Opcode.text
    private var isFinal = true
    private var mask = FrameMask(0, 0, 0, 0)
    /// Bytes of the frame's payload that have not come.
    private var missing = 0
    private var control: [UInt8] = []
    /// What the fragments belong to, while a message is in pieces.
    private var message: Opcode?

    init() {
        header.reserveCapacity(14)
    }

    /// The next piece from `offset` on, which moves past it; `nil` when all bytes are used up.
    mutating func next(in bytes: inout MutableSpan<UInt8>, at offset: inout Int) throws(Fault) -> Piece? {
        while true {
            switch place {
            case .header:
                guard try readHeader(bytes.span, at: &offset) else { return nil }
                place = .payload
                if opcode.isControl { control.removeAll(keepingCapacity: true) }
            case .payload:
                let range = offset..<min(bytes.count, offset + missing)
                // Where nothing has come there is no piece, unless the frame is empty.
                if range.isEmpty, missing > 0 { return nil }
                mask.remove(from: &bytes, in: range)
                missing -= range.count
                offset = range.upperBound
                if missing == 0 { place = .header }
                if let piece = piece(of: range, in: bytes.span) { return piece }
            }
        }
    }

    private mutating func piece(of range: Range<Int>, in bytes: Span<UInt8>) -> Piece? {
        let ends = missing == 0 && isFinal
        switch opcode {
        case .continuation, .text, .binary:
            let kind = opcode == .continuation ? message : opcode
            message = ends ? nil : kind
            return kind == .text ? .text(range, ends: ends) : .binary(range, ends: ends)
        case .close, .ping, .pong:
            for index in range { control.append(bytes[index]) }
            guard missing == 0 else { return nil }
            switch opcode {
            case .close: return .close(control)
            case .ping: return .ping(control)
            case .pong, .continuation, .text, .binary: return .pong
            }
        }
    }

    /// Gathers a header; `false` where bytes are missing still.
    private mutating func readHeader(_ bytes: Span<UInt8>, at offset: inout Int) throws(Fault) -> Bool {
        while offset < bytes.count {
            header.append(bytes[offset])
            offset += 1
            if header.count == 2 { try checkStart() }
            guard header.count >= 2, header.count == headerLength else { continue }
            try takeHeader()
            header.removeAll(keepingCapacity: true)
            return true
        }
        return false
    }

    private var lengthBytes: Int {
        switch header[1] & 0x7F {
        case 126: 2
        case 127: 8
        default: 0
        }
    }

    private var headerLength: Int { 2 + lengthBytes + 4 }

    /// What the first two bytes tell already.
    private mutating func checkStart() throws(Fault) {
        guard header[0] & 0x70 == 0 else { throw .violation("reserved bits") }
        guard let opcode = Opcode(rawValue: header[0] & 0x0F) else { throw .violation("unknown opcode") }
        guard header[1] & 0x80 != 0 else { throw .violation("not masked") }
        isFinal = header[0] & 0x80 != 0
        self.opcode = opcode
        switch opcode {
        case .close, .ping, .pong:
            guard isFinal, header[1] & 0x7F <= 125 else { throw .violation("long or fragmented control frame") }
        case .continuation:
            guard message != nil else { throw .violation("nothing to continue") }
        case .text, .binary:
            guard message == nil else { throw .violation("unfinished message") }
        }
    }

    private mutating func takeHeader() throws(Fault) {
        let count = lengthBytes
        if count == 0 {
            missing = Int(header[1] & 0x7F)
        } else {
            let length = header[2..<2 + count].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length > (count == 2 ? 125 : 0xFFFF) else { throw .violation("length not in its shortest form") }
            guard let length = Int(exactly: length) else { throw .violation("length out of range") }
            missing = length
        }
        let key = header[(2 + count)...]
        mask = FrameMask(key[2 + count], key[3 + count], key[4 + count], key[5 + count])
    }
}
