package import SystemPackage

/// Cuts the byte stream from QEMU into frames: each comes behind its length in four bytes.
///
/// Its memory never grows. A length that no frame has ends the connection, since nothing after it can be trusted.
package struct FrameReader: ~Copyable {
    /// The largest frame that is taken, in bytes.
    package static let largest = 65550

    private static let capacity = 4 * largest

    private var buffer = [UInt8](repeating: 0, count: capacity)
    private var start = 0
    private var end = 0

    package init() {}

    package struct ImpossibleLength: Error, Hashable {
        package let length: Int
    }

    /// Forgets what came of an earlier connection.
    package mutating func reset() { (start, end) = (0, 0) }

    /// Reads once what is there, and returns how many bytes that was; zero at the end of the stream.
    ///
    /// There is always space, as long as all frames are taken out between two calls.
    package mutating func fill(from stream: FileDescriptor) throws(Errno) -> Int {
        if start > 0 {
            for place in start..<end { buffer[place - start] = buffer[place] }
            (start, end) = (0, end - start)
        }
        do {
            let used = end
            let count = unsafe try buffer.withUnsafeMutableBytes { bytes in
                unsafe try stream.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[used...]), retryOnInterrupt: false)
            }
            end += count
            return count
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// The next whole frame, if one has come; good until the next call of `fill`.
    package mutating func next() throws(ImpossibleLength) -> ArraySlice<UInt8>? {
        guard end - start >= 4 else { return nil }
        let length = buffer[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, length <= Self.largest else { throw ImpossibleLength(length: length) }
        guard end - start >= 4 + length else { return nil }
        defer { start += 4 + length }
        return buffer[(start + 4)..<(start + 4 + length)]
    }
}
