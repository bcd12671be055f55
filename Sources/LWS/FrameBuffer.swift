import CLibwebsockets
import Glibc

/// A buffer with room for a frame's header before the payload, so that both go out in one write without a copy.
@ServiceLoop
package final class FrameBuffer {
    /// In bytes; the header of a WebSocket frame has at most 10 from a server.
    private static let headRoom = 16
    private static let payloadStart = Int(lodger_lws_pre) + headRoom
    private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

    package init() {
        storage = .allocate(byteCount: Self.payloadStart + Channel.bufferSize, alignment: 64)
    }

    deinit { storage.deallocate() }

    /// The header and the payload as one stretch of bytes.
    package func frame<Result>(header: Span<UInt8>, payload count: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        precondition(header.count <= Self.headRoom && count <= Channel.bufferSize)
        let start = Self.payloadStart - header.count
        let whole = UnsafeMutableRawBufferPointer(rebasing: storage[start..<(Self.payloadStart + count)])
        header.withUnsafeBytes { whole.copyMemory(from: $0) }
        return body(whole.bindMemory(to: UInt8.self).span)
    }

    func fill(from descriptor: CInt) -> Transfer {
        let payload = storage[Self.payloadStart...]
        return Transfer(
            Glibc.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: payload).baseAddress, payload.count))
    }
}
