import LWS
import Sessions
import Wire

/// Moves bytes between a WebSocket and a machine's stream, unparsed; both ends are in one loop.
///
/// Each direction has its own back-pressure: a page that reads slowly makes us stop reading the stream, a stream that
/// takes nothing makes us stop reading the page. Nothing is kept but what one read brought.
@ServiceLoop
final class Relay: ChannelOwner {
    /// Reads in one turn, so that a stream that never ends leaves the loop to its neighbours.
    private static let perTurn = 4
    /// Shared by all relays: between two calls it holds nothing.
    private static let buffer = FrameBuffer()
    /// How long a stream may take what the page has sent before it went away.
    private static let lastPatience: Duration = .seconds(10)

    private enum Stream {
        case open
        /// The machine's side closed it while we did not read; what it had sent is here still.
        case remainder(UnreadBytes)
        case ended
    }

    private let socket: WebSocket
    private let use: TicketUse
    private let watch: StreamWatch?
    private var channel: Channel?
    private var stream = Stream.open
    /// What the stream did not take yet, from `pendingStart` on.
    private var pending: [UInt8] = []
    private var pendingStart = 0
    private var pageHasEnded = false
    private var socketHasEnded = false

    private init(from socket: WebSocket, for use: TicketUse, watchedBy watch: StreamWatch?) {
        self.socket = socket
        self.use = use
        self.watch = watch
    }

    /// Tells the page that it begins, and begins; the descriptor belongs to the relay, on failure too.
    static func begin(
        from socket: WebSocket, for use: TicketUse, over descriptor: CInt, watchedBy watch: StreamWatch? = nil
    ) {
        let relay = Relay(from: socket, for: use, watchedBy: watch)
        guard let channel = Channel(adopting: descriptor, as: .file, owner: relay) else {
            return socket.close(.internalError)
        }
        relay.channel = channel
        socket.send(StreamMessage.ready.encoded)
        socket.join(relay)
    }

    // MARK: From the stream to the page

    func readable(_ channel: Channel) { pull() }

    /// Sends the page what the stream has, one turn of it.
    func pull() {
        for _ in 0..<Self.perTurn {
            if socketHasEnded { return }
            if socket.isChoked {
                channel?.pauseReading()
                return socket.pullWhenFree()
            }
            switch read() {
            case .moved(let count):
                socket.send(Self.buffer, count: count)
                watch?.sent(count)
                // There is no more for now: asking would only cost a call.
                if count < Channel.bufferSize, case .open = stream {
                    channel?.resumeReading()
                    return
                }
            case .wouldBlock:
                channel?.resumeReading()
                return
            case .end: return end(.normal)
            case .failed: return end(.internalError)
            }
        }
        switch stream {
        case .open: channel?.resumeReading()
        // Nothing but the socket wakes it up any more.
        case .remainder: socket.pullWhenFree()
        case .ended: break
        }
    }

    private func read() -> Transfer {
        switch stream {
        case .open: channel?.read(into: Self.buffer) ?? .end
        case .remainder(let rest): rest.read(into: Self.buffer)
        case .ended: .end
        }
    }

    private func end(_ code: CloseCode) {
        stream = .ended
        socket.close(code)
        // It may still take what the page has sent.
        if pending.isEmpty { channel?.close() } else { channel?.pauseReading() }
    }

    // MARK: From the page to the stream

    /// Takes bytes of the page.
    func push(_ bytes: Span<UInt8>) {
        guard let channel, !pageHasEnded else { return }
        watch?.received(bytes.count)
        var rest = 0
        if pending.isEmpty {
            switch channel.write(bytes) {
            case .moved(let count): rest = count
            case .wouldBlock: break
            case .end, .failed: return end(.internalError)
            }
        }
        if rest == bytes.count { return }
        for index in rest..<bytes.count { pending.append(bytes[index]) }
        socket.pauseReading()
        channel.wantWritable()
    }

    /// A text message of the page; `false` where there is no such message.
    func accepts(_ message: [UInt8]) -> Bool {
        guard use == .port, StreamMessage(decoding: message) == .end else { return false }
        pageHasEnded = true
        if pending.isEmpty { channel?.finishWriting() }
        return true
    }

    func writable(_ channel: Channel) {
        while pendingStart < pending.count {
            switch channel.write(pending.span.extracting(pendingStart..<pending.count)) {
            case .moved(let count): pendingStart += count
            case .wouldBlock: return channel.wantWritable()
            case .end, .failed:
                discardPending()
                return end(.internalError)
            }
        }
        discardPending()
        if pageHasEnded { channel.finishWriting() }
        if socketHasEnded || isEnded { channel.close() } else { socket.resumeReading() }
    }

    private func discardPending() {
        // Not kept: most relays never need it.
        pending = []
        pendingStart = 0
    }

    // MARK: The ends

    private var isEnded: Bool {
        if case .ended = stream { true } else { false }
    }

    /// The page has gone; what it sent before is delivered still.
    func socketEnded() {
        guard !socketHasEnded else { return }
        socketHasEnded = true
        guard let channel else { return }
        if pending.isEmpty { return channel.close() }
        channel.pauseReading()
        channel.setTimer(Self.lastPatience)
    }

    func timerFired(_ channel: Channel) { channel.close() }

    func closed(_ channel: Channel) {
        self.channel = nil
        pending = []
        guard !socketHasEnded, case .open = stream else { return }
        if let rest = UnreadBytes(of: channel) {
            stream = .remainder(rest)
            pull()
        } else {
            end(.internalError)
        }
    }
}
