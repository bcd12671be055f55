import Curl
import Synchronization

/// Collects a small answer.
final class DocumentSink: TransferSink {
    private struct State {
        var head: ResponseHead?
        var bytes: [UInt8] = []
        var failure: FetchError?
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    var head: ResponseHead? { state.withLock { $0.head } }
    /// Why the sink ended the transfer; `nil` where the head was all that was wanted.
    var failure: FetchError? { state.withLock { $0.failure } }

    var document: FetchedDocument {
        state.withLock { state in
            let type = state.head?["content-type"]?.split(separator: ";", omittingEmptySubsequences: false).first ?? ""
            return FetchedDocument(
                mediaType: type.lowercased().filter { !$0.isWhitespace }, bytes: state.bytes)
        }
    }

    func begin(_ head: ResponseHead) -> Bool {
        state.withLock { state in
            state.head = head
            guard head.status == 200 else { return false }
            if let coding = head["content-encoding"], coding.lowercased() != "identity" {
                state.failure = .unreachable("the answer is compressed, which was not asked for")
            } else if let length = head["content-length"].flatMap({ Int64($0) }), length > limit {
                state.failure = .tooLarge(limit: limit)
            }
            return state.failure == nil
        }
    }

    func receive(_ bytes: RawSpan) -> Bool {
        state.withLock { state in
            guard state.bytes.count + bytes.byteCount <= limit else {
                state.failure = .tooLarge(limit: limit)
                return false
            }
            unsafe bytes.withUnsafeBytes { unsafe state.bytes.append(contentsOf: $0) }
            return true
        }
    }
}
