import LWS
import Logging

/// A connection from its first moment to its answer: silent, then its head comes in, then it gets a response or becomes
/// a WebSocket.
@ServiceLoop
final class Arrival: ChannelOwner {
    private enum Phase {
        case silent
        case head([UInt8])
        case answering
        /// Everything is said; what still comes is thrown away until the other side ends.
        case lingering
    }

    let since = ContinuousClock.now
    private let door: Door
    private var phase = Phase.silent
    private var channel: Channel?

    init(at door: Door) { self.door = door }

    /// Takes over the descriptor, on failure too.
    func begin(on descriptor: CInt) -> Bool {
        channel = Channel(adopting: descriptor, as: .socket, owner: self)
        return channel != nil
    }

    func drop() {
        door.ended(self)
        channel?.close()
    }

    func received(_ bytes: inout MutableSpan<UInt8>, on channel: Channel) {
        var head: [UInt8]
        switch phase {
        case .silent:
            door.spoke(self)
            channel.setTimer(door.limits.headPatience)
            head = []
        case .head(let begun): head = begun
        case .answering, .lingering: return
        }
        for index in 0..<bytes.count {
            head.append(bytes[index])
            if head.count > door.limits.head { return answer(.headTooLarge) }
            if bytes[index] == UInt8(ascii: "\n"), head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                // Nobody may speak on before there is an answer.
                guard index == bytes.count - 1 else { return answer(.badRequest) }
                return decide(head.dropLast(4))
            }
        }
        phase = .head(head)
    }

    private func decide(_ bytes: ArraySlice<UInt8>) {
        guard let channel else { return }
        guard let head = RequestHead(parsing: bytes) else { return answer(.badRequest) }
        do throws(Refusal) {
            switch try door.gate.admit(head) {
            case .info(let reader): answer(.info(reader: reader))
            case .bridgePage: answer(.bridgePage(nonce: Self.nonce(), port: door.gate.port))
            case .webSocket(let route, let visitor, let key):
                try door.upgrade(channel, of: self, to: route, for: visitor, key: key)
                self.channel = nil
            }
        } catch {
            door.logger.notice("refused a request", metadata: ["status": "\(error.rawValue)"])
            answer(error)
        }
    }

    /// 128 random bits, as text.
    private static func nonce() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
    }

    private func answer(_ refusal: Refusal) { answer(.refusal(refusal)) }

    private func answer(_ response: HTTPResponse) {
        guard let channel else { return }
        phase = .answering
        channel.setTimer(door.limits.headPatience)
        channel.send(response.encoded.span)
        writable(channel)
    }

    func writable(_ channel: Channel) {
        guard case .answering = phase else { return }
        guard !channel.isBacklogged else { return channel.wantWritable() }
        phase = .lingering
        // Closing at once would throw the answer away where the other side still sends.
        channel.finishWriting()
        channel.setTimer(door.limits.lingering)
    }

    func timerFired(_ channel: Channel) {
        if case .head = phase { answer(.headTooSlow) } else { drop() }
    }

    func closed(_ channel: Channel) {
        door.ended(self)
        self.channel = nil
    }
}
