/// The headers of the frames that we send: never masked, never in fragments.
enum FrameHeader {
    enum Kind: UInt8 {
        case text = 0x81
        case binary = 0x82
        case close = 0x88
        case ping = 0x89
        case pong = 0x8A
    }

    /// Puts the 2 to 10 bytes of a header at the end.
    static func append(_ kind: Kind, payload count: Int, to bytes: inout [UInt8]) {
        bytes.append(kind.rawValue)
        switch count {
        case ...125:
            bytes.append(UInt8(count))
        case ...0xFFFF:
            bytes.append(126)
            bytes.append(UInt8(count >> 8))
            bytes.append(UInt8(count & 0xFF))
        default:
            bytes.append(127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
    }

    static func frame(_ kind: Kind, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 10)
        append(kind, payload: payload.count, to: &bytes)
        bytes += payload
        return bytes
    }

    /// A close frame; the reason is cut at what a control frame holds.
    static func close(_ code: CloseCode, _ reason: String) -> [UInt8] {
        var payload = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)]
        for character in reason where payload.count + character.utf8.count <= 125 { payload += character.utf8 }
        return frame(.close, payload)
    }
}
