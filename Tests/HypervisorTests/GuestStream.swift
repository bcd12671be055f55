import FoundationEssentials
import Glibc
import Sessions
import SystemPackage
import Testing

/// A stream to the guest or its display, with waiting and time limits: what the daemon's event loop does for pages.
final class GuestStream {
    private let descriptor: FileDescriptor

    init(_ socket: consuming ConnectedSocket) { descriptor = FileDescriptor(rawValue: socket.take()) }

    deinit { close() }

    private var isOpen = true

    func close() {
        // Whether it closes well says nothing about the guest.
        if isOpen { try? descriptor.close() }
        isOpen = false
    }

    struct TooSlow: Error {}

    private func wait(for events: Int32, limit: Duration) throws {
        var polled = pollfd(fd: descriptor.rawValue, events: Int16(events), revents: 0)
        if poll(&polled, 1, Int32(limit.components.seconds * 1000)) < 1 { throw TooSlow() }
    }

    func send(_ bytes: [UInt8], limit: Duration = .seconds(10)) throws {
        var left = bytes[...]
        while !left.isEmpty {
            try wait(for: POLLOUT, limit: limit)
            // A far end that is gone must be an error here, not a signal that ends all tests.
            let sent = left.withUnsafeBytes {
                Glibc.send(descriptor.rawValue, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard sent >= 0 else { throw Errno(rawValue: errno) }
            left = left.dropFirst(sent)
        }
    }

    /// Up to so many bytes; fewer only at the end of the stream.
    func receive(_ count: Int, limit: Duration = .seconds(10)) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            try wait(for: POLLIN, limit: limit)
            var piece = [UInt8](repeating: 0, count: min(count - bytes.count, 65536))
            let got = try piece.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            if got == 0 { break }
            bytes += piece.prefix(got)
        }
        return bytes
    }
}

/// The guest's HTTP, over one of its ports.
struct GuestHTTP {
    let host: any MachineHost
    let machine: MachineIdentifier
    var port: UInt16 = 80

    struct Status: Decodable {
        let ready: Bool
        let requests: Int
        let framebuffer: Framebuffer
        let input: Input

        struct Framebuffer: Decodable { let driver: String, width: Int, height: Int }
        struct Input: Decodable { let typed: String, x: Int, y: Int, buttons: Int }
    }

    /// The body of the answer; an empty one where the connection was closed without any.
    func request(_ line: String, body: [UInt8] = [], limit: Duration = .seconds(10)) async throws -> [UInt8] {
        let stream = GuestStream(try await host.openPort(port, of: machine))
        try stream.send(Array("\(line) HTTP/1.1\r\nHost: guest\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
        let answer = try stream.receive(.max, limit: limit)
        guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else { return [] }
        #expect(answer.starts(with: Array("HTTP/1.1 200 ".utf8)))
        return Array(answer[end.upperBound...])
    }

    func status(limit: Duration = .seconds(10)) async throws -> Status {
        let body = try await request("GET /api/status", limit: limit)
        return try JSONDecoder().decode(Status.self, from: Data(body))
    }

    /// The status as soon as the guest has booted.
    @discardableResult func ready() async throws -> Status {
        let deadline = ContinuousClock.now + .seconds(90)
        while true {
            do {
                return try await status(limit: .seconds(1))
            } catch {
                if ContinuousClock.now > deadline { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
