/// Why a transfer did not come to its end.
package enum TransferError: Error, Sendable, Hashable {
    /// No connection; the sentence says why.
    case notConnected(String)
    /// The other side is not who the name says, or speaks no TLS that we take.
    case notAuthentic(String)
    /// Nothing, or next to nothing, came for too long.
    case timedOut
    /// The connection ended before the body did.
    case cut(String)
    /// The sink wanted no more.
    case stopped
    /// What came is not HTTP that we take.
    case malformed(String)
    case cancelled
    /// The library refused an option or had no memory.
    case failed(String)
}
