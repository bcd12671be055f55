import Linux

@testable import Bridge

/// A WebSocket client whose frames are made by hand, so that it can send wrong ones too.
final class WebSocketClient: Sendable {
    struct Frame: Equatable, CustomStringConvertible {
        var first: UInt8
        var payload: [UInt8]

        var opcode: UInt8 { first & 0x0F }
        var text: String { String(decoding: payload, as: UTF8.self) }
        /// Of a close frame.
        var closeCode: UInt16? {
            opcode == 8 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
        }
        var closeReason: String { String(decoding: payload.dropFirst(2), as: UTF8.self) }
        var description: String { "frame \(String(first, radix: 16)) of \(payload.count) bytes" }
    }

    let wire: Wire
    private let buffer = BufferedBytes()

    init(over wire: Wire) { self.wire = wire }

    /// Connects and upgrades as a browser does.
    static func open(
        _ route: String, at port: UInt16, origin: String = "https://project.example", shrunk: Bool = false
    ) async throws -> WebSocketClient {
        let wire = try Wire(port: port)
        if shrunk { wire.shrinkBuffers() }
        let client = WebSocketClient(over: wire)
        await wire.write(Handshake(route: route, port: port, origin: origin).text)
        let status = await client.readStatus()
        guard status == 101 else { throw UpgradeRefused(status: status) }
        return client
    }

    struct UpgradeRefused: Error {
        let status: Int?
    }

    /// The status of the answer, whose head is taken from the stream.
    func readStatus() async -> Int? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard let byte = await next(1), byte.count == 1 else { return nil }
            head += byte
        }
        let words = String(decoding: head, as: UTF8.self).split(separator: " ")
        return words.count > 1 ? Int(words[1]) : nil
    }

    @discardableResult
    func send(
        _ first: UInt8, _ payload: [UInt8] = [], masked: Bool = true, length: [UInt8]? = nil
    ) async -> Bool {
        await wire.write(Self.frame(first, payload, masked: masked, length: length))
    }

    @discardableResult
    func send(text: String) async -> Bool { await send(0x81, Array(text.utf8)) }

    /// `length` replaces the length field, which is then not checked against the payload.
    static func frame(_ first: UInt8, _ payload: [UInt8] = [], masked: Bool = true, length: [UInt8]? = nil) -> [UInt8] {
        var bytes = [first]
        let flag: UInt8 = masked ? 0x80 : 0
        if let length {
            bytes += [length[0] | flag] + length.dropFirst()
        } else if payload.count < 126 {
            bytes.append(UInt8(payload.count) | flag)
        } else if payload.count < 65536 {
            bytes += [126 | flag, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        } else {
            bytes.append(127 | flag)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift))
            }
        }
        guard masked else { return bytes + payload }
        let key = (0..<4).map { _ in UInt8.random(in: 0...255) }
        bytes += key
        bytes.reserveCapacity(bytes.count + payload.count)
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ key[index & 3]) }
        return bytes
    }

    /// The next frame; `nil` where the connection ends before it, or nothing comes.
    func readFrame() async -> Frame? {
        guard let start = await next(2), start.count == 2 else { return nil }
        // A server never masks.
        guard start[1] & 0x80 == 0 else { return nil }
        var length = Int(start[1])
        if length >= 126 {
            let count = length == 126 ? 2 : 8
            guard let long = await next(count), long.count == count else { return nil }
            length = long.reduce(0) { $0 << 8 | Int($1) }
        }
        guard length > 0 else { return Frame(first: start[0], payload: []) }
        guard let payload = await next(length), payload.count == length else { return nil }
        return Frame(first: start[0], payload: payload)
    }

    /// The next text message, whatever pings come before.
    func readText() async -> String? {
        while let frame = await readFrame() {
            if frame.first == 0x81 { return frame.text }
            if frame.opcode == 8 { return nil }
        }
        return nil
    }

    /// The close frame with which the connection ends; frames before it are skipped.
    func readClose() async -> Frame? {
        while let frame = await readFrame() {
            if frame.opcode == 8 { return frame }
        }
        return nil
    }

    /// Whether the connection ends.
    func readsEnd() async -> Bool {
        while let bytes = await wire.read() {
            if bytes.isEmpty { return true }
        }
        return false
    }

    private func next(_ count: Int) async -> [UInt8]? {
        while await buffer.count < count {
            guard let more = await wire.read(), !more.isEmpty else { return nil }
            await buffer.append(more)
        }
        return await buffer.take(count)
    }

    private actor BufferedBytes {
        private var bytes: [UInt8] = []
        private var start = 0
        var count: Int { bytes.count - start }

        func append(_ more: [UInt8]) {
            if start > 0 {
                bytes.removeFirst(start)
                start = 0
            }
            bytes += more
        }

        func take(_ count: Int) -> [UInt8] {
            defer { start += count }
            return Array(bytes[start..<(start + count)])
        }
    }
}

/// The head of a request, as a browser writes it unless told otherwise.
struct Handshake {
    var method = "GET"
    var route: String
    var version = "HTTP/1.1"
    var fields: [(String, String)]

    init(route: String, port: UInt16, origin: String? = "https://project.example") {
        self.route = route
        let subprotocol = Route(rawValue: route)?.subprotocol ?? "lodger.v1"
        fields = [
            ("Host", "127.0.0.1:\(port)"), ("Connection", "Upgrade"), ("Pragma", "no-cache"), ("Upgrade", "websocket"),
            ("User-Agent", "test"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
            ("Sec-WebSocket-Protocol", subprotocol),
        ]
        if let origin { fields.append(("Origin", origin)) }
    }

    subscript(name: String) -> String? {
        get { fields.first { $0.0 == name }?.1 }
        set {
            fields.removeAll { $0.0 == name }
            if let newValue { fields.append((name, newValue)) }
        }
    }

    var text: String {
        "\(method) \(route) \(version)\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
    }
}
