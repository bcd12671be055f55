import GuestNetwork
import SystemPackage
import Testing

struct FrameReaderTests {
    /// A reader and the end of a pipe that it reads from.
    private func withStream(_ body: (inout FrameReader, FileDescriptor, FileDescriptor) throws -> Void) throws {
        let (readEnd, writeEnd) = try FileDescriptor.pipe()
        defer { try? readEnd.close() }
        defer { try? writeEnd.close() }
        var reader = FrameReader()
        try body(&reader, readEnd, writeEnd)
    }

    private func framed(_ frame: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(frame.count).bigEndian) { Array($0) } + frame
    }

    @Test func framesComeOutWholeHoweverTheBytesAreCut() throws {
        let frames: [[UInt8]] = [[1], [2, 3], [UInt8](repeating: 4, count: 1514), [5, 6, 7]]
        let stream = frames.flatMap { framed($0) }
        for step in [1, 3, 5, 1000, stream.count] {
            try withStream { reader, input, output in
                var got: [[UInt8]] = []
                for start in stride(from: 0, to: stream.count, by: step) {
                    try output.writeAll(stream[start..<min(start + step, stream.count)])
                    #expect(try reader.fill(from: input) == min(step, stream.count - start))
                    while let frame = try reader.next() { got.append(Array(frame)) }
                }
                #expect(got == frames)
            }
        }
    }

    @Test func theLargestFrameFitsAfterAnyRest() throws {
        let large = (0..<FrameReader.largest).map { UInt8(truncatingIfNeeded: $0) }
        try withStream { reader, input, output in
            for _ in 0..<12 {
                let stream = framed(large)
                var left = stream[...]
                var got: [UInt8]?
                while got == nil {
                    let piece = left.prefix(40_000)
                    left = left.dropFirst(40_000)
                    try output.writeAll(piece)
                    #expect(try reader.fill(from: input) > 0)
                    got = try reader.next().map { Array($0) }
                }
                #expect(got == large)
            }
        }
    }

    @Test(arguments: [0, 65551, 0x7FFF_FFFF, 0xFFFF_FFFF] as [UInt32])
    func aLengthThatNoFrameHasIsAnError(length: UInt32) throws {
        try withStream { reader, input, output in
            try output.writeAll(withUnsafeBytes(of: length.bigEndian) { Array($0) })
            #expect(try reader.fill(from: input) == 4)
            do throws(FrameReader.ImpossibleLength) {
                _ = try reader.next()
                Issue.record("no error")
            } catch {
                #expect(error.length == Int(length))
            }
        }
    }

    @Test func theEndOfTheStreamIsZeroBytes() throws {
        let (input, output) = try FileDescriptor.pipe()
        defer { try? input.close() }
        try output.close()
        var reader = FrameReader()
        #expect(try reader.fill(from: input) == 0)
    }
}
