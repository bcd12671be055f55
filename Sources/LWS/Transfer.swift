import Glibc

/// What became of one read or write that does not wait.
package enum Transfer: Equatable, Sendable {
    /// More than none.
    case moved(Int)
    /// The other side has finished.
    case end
    /// Nothing can be moved now.
    case wouldBlock
    /// The error's number.
    case failed(CInt)

    init(_ result: Int) {
        self =
            switch result {
            case 1...: .moved(result)
            case 0: .end
            default: [EAGAIN, EWOULDBLOCK, EINTR].contains(errno) ? .wouldBlock : .failed(errno)
            }
    }
}
