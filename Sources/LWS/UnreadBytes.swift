import Glibc

/// What lay unread in a channel whose other side has gone away.
@ServiceLoop
package final class UnreadBytes {
    private let descriptor: CInt

    /// Only inside `closed(_:)`, where the channel's descriptor is still open.
    package init?(of channel: Channel) {
        guard let original = channel.descriptor else { return nil }
        descriptor = fcntl(original, F_DUPFD_CLOEXEC, 3)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Reads on; `.end` after the last byte.
    package func read(into buffer: FrameBuffer) -> Transfer { buffer.fill(from: descriptor) }
}
