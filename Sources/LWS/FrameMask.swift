/// The key that a browser hides a frame's payload with, and how far into it the payload has come.
package struct FrameMask: Sendable {
    /// The four bytes of the key, rotated so that the lowest is for the next byte of the payload.
    private var key: UInt32

    /// The bytes as they stand in the frame's header.
    package init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        key = UInt32(first) | UInt32(second) << 8 | UInt32(third) << 16 | UInt32(fourth) << 24
    }

    /// Uncovers the next bytes of the payload in place.
    package mutating func remove(from bytes: inout MutableSpan<UInt8>, in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        let key = key
        bytes.withUnsafeMutableBufferPointer { bytes in
            let part = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[range]))
            let wide = UInt64(key) << 32 | UInt64(key)
            var offset = 0
            while offset + 8 <= part.count {
                let hidden = part.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                // In memory order, whatever the byte order of this computer is.
                part.storeBytes(of: hidden ^ wide.littleEndian, toByteOffset: offset, as: UInt64.self)
                offset += 8
            }
            while offset < part.count {
                part[offset] ^= UInt8(truncatingIfNeeded: key >> UInt32(8 * (offset & 3)))
                offset += 1
            }
        }
        let turn = UInt32(8 * (range.count & 3))
        if turn > 0 { self.key = key >> turn | key << (32 - turn) }
    }
}
