import CLibwebsockets

/// The value of `Sec-WebSocket-Accept`, which proves that a handshake was understood.
package enum AcceptKey {
    /// RFC 6455 §4.2.2: the base64 of the SHA-1 of the client's key and a fixed text.
    package static func answer(to key: String) -> String {
        let input = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        return withUnsafeTemporaryAllocation(byteCount: 20 + 32, alignment: 1) { room in
            let digest = UnsafeMutableRawBufferPointer(rebasing: room[..<20])
            let text = UnsafeMutableRawBufferPointer(rebasing: room[20...])
            lws_SHA1(input, input.count, digest.baseAddress)
            let length = lws_b64_encode_string(
                digest.baseAddress, CInt(digest.count), text.baseAddress, CInt(text.count))
            return String(decoding: text.prefix(max(0, Int(length))), as: UTF8.self)
        }
    }
}
