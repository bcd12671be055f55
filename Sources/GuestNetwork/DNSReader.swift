/// Reads a DNS message from its beginning; every read fails at the first thing that is not right.
struct DNSReader {
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    mutating func skip(_ count: Int) throws(Malformed) {
        guard count <= bytes.count - position else { throw Malformed() }
        position += count
    }

    mutating func take(_ count: Int) throws(Malformed) -> [UInt8] {
        let start = position
        try skip(count)
        return Array(bytes[start..<position])
    }

    mutating func word() throws(Malformed) -> UInt16 {
        let two = try take(2)
        return UInt16(two[0]) << 8 | UInt16(two[1])
    }

    mutating func double() throws(Malformed) -> UInt32 { UInt32(try word()) << 16 | UInt32(try word()) }

    /// A name in lower case with dots between its labels, none at the end; the root is empty.
    ///
    /// Names that no host has are malformed here. A reference to an earlier place must point further back than the last one,
    /// so there is an end to them.
    mutating func name() throws(Malformed) -> String {
        var labels: [String] = []
        var place = position
        var barrier = position
        var hasJumped = false
        var size = 0
        while true {
            guard place < bytes.count else { throw Malformed() }
            let length = Int(bytes[place])
            switch length >> 6 {
            case 0b11:
                guard place + 1 < bytes.count else { throw Malformed() }
                let target = (length & 0x3F) << 8 | Int(bytes[place + 1])
                guard target < barrier else { throw Malformed() }
                if !hasJumped { position = place + 2 }
                hasJumped = true
                (place, barrier) = (target, target)
            case 0:
                size += length + 1
                guard size <= 255, place + 1 + length <= bytes.count else { throw Malformed() }
                if !hasJumped { position = place + 1 + length }
                if length == 0 { return labels.joined(separator: ".") }
                labels.append(try Self.label(bytes[(place + 1)..<(place + 1 + length)]))
                place += 1 + length
            default: throw Malformed()
            }
        }
    }

    private static func label(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
        var lower: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0x61...0x7A, 0x30...0x39, 0x2D, 0x5F: lower.append(byte)
            case 0x41...0x5A: lower.append(byte | 0x20)
            default: throw Malformed()
            }
        }
        return String(decoding: lower, as: UTF8.self)
    }
}
