import LWS

/// One open WebSocket of a page: messages in, frames out, and an orderly end.
///
/// Text goes to whoever serves it, one message at a time; the bytes of a display or a port go to a relay, as they come.
@ServiceLoop
final class WebSocket: ChannelOwner {
    private enum Phase {
        case open
        /// Our close frame is on its way; theirs is awaited.
        case closing
        /// Both are done, or the other side broke the rules: what still comes is thrown away.
        case lingering
        case closed
    }

    nonisolated let visitor: Visitor
    /// Text messages in their order, until no more can come.
    ///
    /// One consumer, which reports each as `taken()`.
    nonisolated let messages: AsyncStream<[UInt8]>
    private nonisolated let arrived: AsyncStream<[UInt8]>.Continuation
    /// Ends with the socket.
    nonisolated let life: AsyncStream<Never>
    private nonisolated let alive: AsyncStream<Never>.Continuation

    private let door: Door
    private let channel: Channel
    private let textOnly: Bool
    private var phase = Phase.open
    private var reader = FrameReader()
    private var text: [UInt8] = []
    private var untaken = 0
    private var relay: Relay?
    private var outbox = Outbox()
    private var pulse = Pulse()
    private var awaitsMessage = false

    init(over channel: Channel, at door: Door, for visitor: Visitor, textOnly: Bool) {
        self.visitor = visitor
        self.door = door
        self.channel = channel
        self.textOnly = textOnly
        (messages, arrived) = AsyncStream.makeStream(of: [UInt8].self)
        (life, alive) = AsyncStream.makeStream(of: Never.self)
        channel.owner = self
        channel.setTimer(door.limits.pingInterval)
    }

    // MARK: For whoever serves it

    /// Closes the socket unless a message comes in time.
    func expectMessage(within patience: Duration) {
        awaitsMessage = true
        channel.setTimer(patience)
    }

    /// A message has been dealt with: another may come.
    func taken() {
        untaken -= 1
        if untaken < Self.untakenMessages, relay == nil { channel.resumeReading() }
    }

    /// Sends a text message, after those before it; a page that reads too slowly loses its connection.
    func send(_ text: [UInt8]) {
        guard phase == .open else { return }
        outbox.queue(FrameHeader.frame(.text, text))
        if outbox.count > door.limits.unread { return fail(.policyViolation, "not reading") }
        flush()
    }

    /// Ends the socket in order: after everything that was sent.
    func close(_ code: CloseCode, _ reason: String = "") {
        guard phase == .open else { return }
        phase = .closing
        endMessages()
        outbox.queue(FrameHeader.close(code, reason))
        // Their close frame may stand behind bytes that nobody wants any more.
        channel.resumeReading()
        channel.setTimer(door.limits.pingInterval)
        flush()
    }

    /// Ends the socket for good, without waiting for the other side.
    func goAway() {
        close(.goingAway, "the daemon ends")
        channel.finishWriting()
        channel.close()
    }

    /// From now on bytes go to and come from a relay.
    func join(_ relay: Relay) {
        guard phase == .open else { return relay.socketEnded() }
        self.relay = relay
        channel.setTimer(door.limits.pingInterval)
    }

    // MARK: For the relay

    /// Whether a frame that is sent now would have to be kept in memory.
    var isChoked: Bool { channel.isBacklogged || !outbox.isEmpty }

    /// Asks for one `Relay.pull()` once it is choked no more.
    func pullWhenFree() { channel.wantWritable() }

    /// Sends what a buffer holds as one binary message.
    func send(_ buffer: FrameBuffer, count: Int) {
        guard phase == .open else { return }
        outbox.withHeader(.binary, payload: count) { header in
            buffer.frame(header: header, payload: count) { channel.send($0) }
        }
        pulse.progress()
    }

    func pauseReading() { channel.pauseReading() }

    func resumeReading() { channel.resumeReading() }

    // MARK: What the channel says

    func received(_ bytes: inout MutableSpan<UInt8>, on channel: Channel) {
        pulse.heard()
        var offset = 0
        do throws(FrameReader.Fault) {
            while phase == .open || phase == .closing, let piece = try reader.next(in: &bytes, at: &offset) {
                try take(piece, of: bytes.span)
            }
        } catch {
            fail(error.code, error.reason)
        }
    }

    func writable(_ channel: Channel) {
        pulse.progress()
        flush()
        if phase == .open, !isChoked { relay?.pull() }
    }

    func timerFired(_ channel: Channel) {
        if awaitsMessage { return fail(.policyViolation, "no ticket") }
        switch phase {
        case .open:
            switch pulse.beat(readingPaused: channel.isReadingPaused) {
            case .dead: channel.close()
            case .ask:
                outbox.ping()
                flush()
                channel.setTimer(door.limits.pingInterval)
            }
        case .closing:
            // A page may take its time to read the rest, but not for ever.
            if pulse.closingBeat() == .dead { return linger() }
            channel.setTimer(door.limits.pingInterval)
        case .lingering, .closed:
            channel.close()
        }
    }

    func closed(_ channel: Channel) {
        phase = .closed
        endMessages()
        relay?.socketEnded()
        relay = nil
        alive.finish()
        door.ended(self)
    }

    // MARK: Frames in

    /// Messages that wait for their consumer before the page is made to wait.
    private static let untakenMessages = 8

    private func take(_ piece: FrameReader.Piece, of bytes: Span<UInt8>) throws(FrameReader.Fault) {
        switch piece {
        case .text(let range, let ends):
            guard text.count + range.count <= door.limits.message else {
                throw FrameReader.Fault(code: .tooBig, reason: "message too long")
            }
            for index in range { text.append(bytes[index]) }
            if ends { try takeMessage() }
        case .binary(let range, _):
            if textOnly { throw FrameReader.Fault(code: .unsupportedData, reason: "only text here") }
            // While closing, the relay has no more use for them.
            guard phase == .open else { return }
            guard let relay else { throw .violation("bytes before the ticket") }
            relay.push(bytes.extracting(range))
        case .ping(let payload):
            outbox.pong(payload)
            flush()
        case .pong: break
        case .close(let payload): try takeClose(payload)
        }
    }

    private func takeMessage() throws(FrameReader.Fault) {
        guard let string = String(validating: text, as: UTF8.self) else {
            throw FrameReader.Fault(code: .invalidPayload, reason: "not UTF-8")
        }
        let message = Array(string.utf8)
        text.removeAll(keepingCapacity: message.count <= 1024)
        guard phase == .open else { return }
        if let relay {
            guard relay.accepts(message) else { throw .violation("unknown message") }
            return
        }
        guard textOnly || awaitsMessage else { throw .violation("message before its time") }
        awaitsMessage = false
        untaken += 1
        if untaken >= Self.untakenMessages { channel.pauseReading() }
        arrived.yield(message)
    }

    private func takeClose(_ payload: [UInt8]) throws(FrameReader.Fault) {
        guard payload.count != 1 else { throw .violation("half a close code") }
        if payload.count >= 2 {
            let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
            guard code.isValid else { throw .violation("unknown close code") }
            guard String(validating: payload[2...], as: UTF8.self) != nil else {
                throw FrameReader.Fault(code: .invalidPayload, reason: "not UTF-8")
            }
        }
        if phase == .open { outbox.queue(FrameHeader.frame(.close, Array(payload.prefix(2)))) }
        linger()
    }

    // MARK: The end

    private func endMessages() { arrived.finish() }

    /// The other side broke a rule or lost its patience with us: tells it why and listens no more.
    private func fail(_ code: CloseCode, _ reason: String) {
        guard phase == .open || phase == .closing else { return }
        if phase == .open { outbox.replace(with: FrameHeader.close(code, reason)) }
        linger()
    }

    private func linger() {
        phase = .lingering
        endMessages()
        relay?.socketEnded()
        relay = nil
        channel.resumeReading()
        channel.setTimer(door.limits.lingering)
        flush()
    }

    /// Sends what waits, as far as the pipe takes it.
    private func flush() {
        while !channel.isBacklogged, let frame = outbox.take() { channel.send(frame.span) }
        if channel.isBacklogged {
            channel.wantWritable()
        } else if phase == .lingering {
            channel.finishWriting()
        }
    }
}
