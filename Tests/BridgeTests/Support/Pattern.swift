import Glibc

/// Endless bytes of which every stretch can be told from every other near it.
struct Pattern: Sendable {
    /// A prime, so that no buffer's size divides it.
    private static let period = 1_048_583
    private static let block: [UInt8] = {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * period)
        for _ in 0..<period {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            bytes.append(UInt8(truncatingIfNeeded: state))
        }
        return bytes + bytes
    }()

    /// In bytes from the start.
    private(set) var position = 0

    mutating func next(_ count: Int) -> [UInt8] {
        precondition(count <= Self.period)
        let start = position % Self.period
        position += count
        return Array(Self.block[start..<(start + count)])
    }

    /// Whether these bytes are what comes next.
    mutating func matches(_ bytes: [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = min(Self.period, bytes.count - start)
            let place = position % Self.period
            let same = bytes.withUnsafeBytes { bytes in
                Self.block.withUnsafeBytes { block in
                    guard let left = bytes.baseAddress, let right = block.baseAddress else { return false }
                    return memcmp(left + start, right + place, count) == 0
                }
            }
            guard same else { return false }
            position += count
            start += count
        }
        return true
    }
}
