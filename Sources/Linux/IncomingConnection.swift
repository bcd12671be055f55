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
            self = .connection(descriptor)
        } else {
            self = [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) ? .exhausted : .none
        }
    }
}
