/// Why nothing, or not all, was fetched.
package enum FetchError: Error, Sendable, Hashable {
    /// We never fetch from there; the sentence says why.
    case addressRefused(String)
    /// No answer from there that we trust; the sentence says why.
    case unreachable(String)
    case timedOut
    case status(Int)
    /// To another origin, one too many, or where none is taken.
    case redirectRefused
    /// In bytes, the most that is read.
    case tooLarge(limit: Int)
    /// The server does not give the rest of this file: a new try must begin at its start.
    case rangeRefused
    /// The connection ended early; what came is good, a new try may ask for the rest.
    case interrupted(String)
    /// The taker of the bytes wanted no more.
    case stopped
    case cancelled
}
