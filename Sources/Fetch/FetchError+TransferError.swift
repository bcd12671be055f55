import Curl

extension FetchError {
    init(_ error: TransferError) {
        self =
            switch error {
            case .notConnected(let reason), .notAuthentic(let reason), .malformed(let reason), .failed(let reason):
                .unreachable(reason)
            case .timedOut: .timedOut
            case .cut(let reason): .interrupted(reason)
            case .stopped: .stopped
            case .cancelled: .cancelled
            }
    }
}
