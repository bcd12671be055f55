import CLinux
import Glibc

/// What came of asking a listening socket for a connection.
package enum IncomingConnection: Sendable, Equatable {
    /// A non-blocking socket that the caller must close.
    case connection(CInt)
    /// Nobody waits, or whoever waited has gone.
    case none
    /// This computer or this process has no descriptor or memory left: nothing can be accepted for a while.
    case exhausted

    package init(from listener: CInt) {
        let descriptor = lodger_accept(listener)
        if descriptor >= 0 {
            // What is sent is sent at once: a small frame must not wait for the answer to the one before.
            var one: CInt = 1
            setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
            self = .connection(descriptor)
        } else {
            self = [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) ? .exhausted : .none
        }
    }
}
