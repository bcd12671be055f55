import Fetch
import Sessions

extension SourceError {
    init(_ error: FetchError) {
        self =
            switch error {
            case .addressRefused(let reason): .addressRefused(reason)
            case .unreachable(let reason): .unreachable(reason)
            case .interrupted(let reason): .unreachable("the connection ended early: \(reason)")
            case .timedOut: .unreachable("no answer came in time")
            case .rangeRefused, .stopped: .unreachable("the answer is of another kind than asked for")
            case .status(let status): .status(status)
            case .redirectRefused: .redirectRefused
            case .tooLarge(let limit): .tooLarge(limit: limit)
            case .cancelled: .cancelled
            }
    }
}
