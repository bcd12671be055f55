/// Frames that wait for the pipe; a plain value.
struct Outbox {
    private var frames: [[UInt8]] = []
    private var pong: [UInt8]?
    private var asksForPong = false
    /// For the headers of frames that are sent from a buffer; keeps its room.
    private var header: [UInt8] = []

    /// In bytes.
    private(set) var count = 0

    var isEmpty: Bool { frames.isEmpty && pong == nil && !asksForPong }

    mutating func queue(_ frame: [UInt8]) {
        frames.append(frame)
        count += frame.count
    }

    /// Drops what waits, for one last frame.
    mutating func replace(with frame: [UInt8]) {
        self = Outbox()
        queue(frame)
    }

    /// Only the latest ping needs its answer.
    mutating func pong(_ payload: [UInt8]) { pong = payload }

    mutating func ping() { asksForPong = true }

    /// The next frame, control frames first.
    mutating func take() -> [UInt8]? {
        if let payload = pong.take() { return FrameHeader.frame(.pong, payload) }
        if asksForPong {
            asksForPong = false
            return FrameHeader.frame(.ping, [])
        }
        guard !frames.isEmpty else { return nil }
        let frame = frames.removeFirst()
        count -= frame.count
        return frame
    }

    /// A header made in place, without an allocation.
    mutating func withHeader(_ kind: FrameHeader.Kind, payload count: Int, _ body: (Span<UInt8>) -> Void) {
        header.removeAll(keepingCapacity: true)
        FrameHeader.append(kind, payload: count, to: &header)
        body(header.span)
    }
}
