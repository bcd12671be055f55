import CLibwebsockets
import Glibc

/// A descriptor that the service loop watches and owns.
///
/// It closes the descriptor when it is closed, by either side. A closed channel ignores every call.
@ServiceLoop
package final class Channel {
    /// The most that one read takes, in bytes.
    package nonisolated static let bufferSize = 64 * 1024

    package enum Kind: Sendable {
        /// The library reads from the socket and keeps what a full pipe does not take.
        case socket
        /// The library only says when it is readable and writable.
        case file
    }

    package let kind: Kind
    private var wsi: OpaquePointer?
    /// Who is told what happens; kept until the channel has closed.
    package var owner: (any ChannelOwner)?
    private var closing = false
    package private(set) var isReadingPaused = false

    /// Hands a descriptor to the loop, which closes it from now on, on failure too.
    package init?(adopting descriptor: CInt, as kind: Kind, owner: any ChannelOwner) {
        self.kind = kind
        self.owner = owner
        var description = lws_adopt_desc_t()
        description.vh = ServiceLoop.shared.virtualHost
        description.vh_prot_name = UnsafePointer(Self.protocolName)
        switch kind {
        case .socket:
            description.type = LWS_ADOPT_SOCKET
            description.fd.sockfd = descriptor
        case .file:
            description.type = LWS_ADOPT_RAW_FILE_DESC
            description.fd.filefd = descriptor
        }
        let reference = Unmanaged.passRetained(self)
        description.opaque = reference.toOpaque()
        guard let wsi = lws_adopt_descriptor_vhost_via_info(&description) else {
            // Only of a socket the library takes care on failure.
            if kind == .file { Glibc.close(descriptor) }
            self.owner = nil
            reference.release()
            return nil
        }
        self.wsi = wsi
    }

    package var isOpen: Bool { wsi != nil && !closing }

    /// The descriptor, for questions about it; the channel goes on owning it.
    package var descriptor: CInt? {
        guard let wsi else { return nil }
        return lws_get_socket_fd(wsi)
    }

    // MARK: Reading

    /// Stops the events of incoming bytes.
    ///
    /// While reading is paused the end of a file channel's other side may close the channel with bytes unread; they are
    /// still there in `closed(_:)`.
    package func pauseReading() {
        guard let wsi, !isReadingPaused else { return }
        isReadingPaused = true
        lws_rx_flow_control(wsi, 0)
    }

    package func resumeReading() {
        guard let wsi, isReadingPaused else { return }
        isReadingPaused = false
        lws_rx_flow_control(wsi, 1)
    }

    /// Reads from a file channel into the payload part of a buffer.
    package func read(into buffer: FrameBuffer) -> Transfer {
        guard let descriptor else { return .failed(EBADF) }
        return buffer.fill(from: descriptor)
    }

    // MARK: Writing

    /// Whether the library still holds bytes that a full pipe did not take; only of a socket channel.
    package var isBacklogged: Bool {
        guard let wsi else { return false }
        return lws_partial_buffered(wsi) != 0
    }

    /// Writes all of it to a socket channel; what the pipe does not take, the library keeps and sends on.
    package func send(_ bytes: Span<UInt8>) {
        guard let wsi, !closing, !bytes.isEmpty else { return }
        let sent = bytes.withUnsafeBufferPointer { bytes in
            // What the C header calls LWS_WRITE_RAW is a macro; and it does not write to these bytes, it lacks the const.
            lws_write(wsi, UnsafeMutablePointer(mutating: bytes.baseAddress), bytes.count, LWS_WRITE_HTTP)
        }
        if sent < 0 { close() }
    }

    /// Writes to a file channel as much as the pipe takes.
    package func write(_ bytes: Span<UInt8>) -> Transfer {
        guard let descriptor else { return .failed(EBADF) }
        return bytes.withUnsafeBufferPointer { Transfer(Glibc.send(descriptor, $0.baseAddress, $0.count, sendFlags)) }
    }

    /// Asks for one `writable(_:)`.
    package func wantWritable() {
        guard let wsi else { return }
        lws_callback_on_writable(wsi)
    }

    /// Tells the other side that no more will come.
    package func finishWriting() {
        guard let descriptor else { return }
        shutdown(descriptor, CInt(SHUT_WR))
    }

    // MARK: Time and end

    /// Asks for one `timerFired(_:)`, replacing an earlier wish.
    package func setTimer(_ delay: Duration) {
        guard let wsi else { return }
        let (seconds, attoseconds) = delay.components
        lws_set_timer_usecs(wsi, seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    package func cancelTimer() {
        guard let wsi else { return }
        lws_set_timer_usecs(wsi, Int64(LWS_SET_TIMER_USEC_CANCEL))
    }

    /// Closes soon, in the next round of the loop; no event but `closed(_:)` comes any more.
    package func close() {
        guard let wsi, !closing else { return }
        closing = true
        lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC)
    }

    /// What the library says about this channel; a result other than 0 closes it.
    func handle(_ reason: lws_callback_reasons, _ bytes: UnsafeMutableRawBufferPointer) -> CInt {
        switch reason {
        case LWS_CALLBACK_RAW_CLOSE, LWS_CALLBACK_RAW_CLOSE_FILE:
            ended()
            return 0
        case _ where closing:
            return -1
        case LWS_CALLBACK_RAW_RX:
            var span = bytes.bindMemory(to: UInt8.self).mutableSpan
            owner?.received(&span, on: self)
        case LWS_CALLBACK_RAW_RX_FILE:
            owner?.readable(self)
        case LWS_CALLBACK_RAW_WRITEABLE, LWS_CALLBACK_RAW_WRITEABLE_FILE:
            owner?.writable(self)
        case LWS_CALLBACK_TIMER:
            owner?.timerFired(self)
        default:
            return 0
        }
        return closing ? -1 : 0
    }

    private func ended() {
        guard let wsi else { return }
        owner?.closed(self)
        owner = nil
        self.wsi = nil
        lws_set_opaque_user_data(wsi, nil)
        Unmanaged.passUnretained(self).release()
    }

    /// Outlives the context, which keeps the pointer.
    nonisolated(unsafe) static let protocolName: UnsafeMutablePointer<CChar> = {
        guard let name = strdup("lodger") else { fatalError("out of memory") }
        return name
    }()
}

private let sendFlags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
