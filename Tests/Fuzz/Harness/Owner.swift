import FoundationEssentials
import Glibc
import Linux

@testable import OwnerDoor

/// The lines of the owner's socket: cut at their ends, and each that is a message says the same when it is written again.
@Sendable func fuzzOwner(_ bytes: [UInt8]) {
    // More would not go through a socket that nobody reads yet.
    guard bytes.count <= 32 << 10 else { return }
    let expected = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map(
        Array.init)
    demand(lines(of: bytes) == expected, "lines are cut otherwise")
    for line in expected + [bytes] {
        checkMessage(OwnerRequest.self, line)
        checkMessage(OwnerReply.self, line)
    }
}

private func checkMessage<Message: Codable & Equatable>(_ type: Message.Type, _ line: [UInt8]) {
    guard let message = try? OwnerWire.decoder.decode(type, from: Data(line)) else { return }
    guard let written = try? OwnerWire.encoder.encode(message) else { return }
    demand(!written.contains(UInt8(ascii: "\n")), "a message of two lines")
    guard let again = try? OwnerWire.decoder.decode(type, from: written) else {
        fatalError("what was written is not taken: \(String(decoding: written, as: UTF8.self))")
    }
    demand((try? OwnerWire.encoder.encode(again)) == written, "another message reads back")
}

/// What comes out of a line stream when the bytes go in and the other side closes.
private func lines(of bytes: [UInt8]) -> [[UInt8]] {
    var ends: [CInt] = [-1, -1]
    guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0 else {
        fatalError("no socket")
    }
    let written = write(ends[1], bytes, bytes.count)
    demand(written == bytes.count, "the socket took \(written) bytes")
    close(ends[1])
    let connection = LocalConnection(owning: ends[0])
    let seen = Seen()
    // Everything has come: the task never waits, and so is done when this returns.
    _ = Task.immediate {
        var stream = LineStream(connection, limit: 64 << 10)
        while let line = try? await stream.read(within: .seconds(1)) { seen.lines.append(line) }
        seen.isDone = true
    }
    demand(seen.isDone, "the stream waits for more")
    return seen.lines
}

/// Where the task leaves what it reads; it runs on the thread that asks.
private final class Seen: @unchecked Sendable {
    var lines: [[UInt8]] = []
    var isDone = false
}
