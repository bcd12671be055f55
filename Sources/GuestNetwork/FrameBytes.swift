/// Reads numbers in network order out of bytes that came from outside, and nothing past their end.
struct FrameBytes {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var count: Int { bytes.count }

    func byte(at offset: Int) -> UInt8? {
        offset < bytes.count ? bytes[bytes.startIndex + offset] : nil
    }

    func word(at offset: Int) -> UInt16? {
        guard offset + 2 <= bytes.count else { return nil }
        let place = bytes.startIndex + offset
        return UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
    }

    func double(at offset: Int) -> UInt32? {
        guard let high = word(at: offset), let low = word(at: offset + 2) else { return nil }
        return UInt32(high) << 16 | UInt32(low)
    }

    /// The bytes of a range; nil where it does not lie within.
    func slice(_ range: Range<Int>) -> ArraySlice<UInt8>? {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
        return bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)]
    }
}
