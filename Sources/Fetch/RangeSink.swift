import Curl
import Synchronization

/// Understands how a server answers to a wish for the rest of a file.
final class RangeSink: TransferSink {
    private struct State {
        var head: ResponseHead?
        var failure: FetchError?
    }

    private let position: DownloadPosition
    private let sink: any DownloadSink
    private let state = Mutex(State())

    init(_ position: DownloadPosition, _ sink: any DownloadSink) {
        self.position = position
        self.sink = sink
    }

    var head: ResponseHead? { state.withLock { $0.head } }
    var failure: FetchError? { state.withLock { $0.failure } }

    func begin(_ head: ResponseHead) -> Bool {
        state.withLock { $0.head = head }
        // The status of other answers says all; nobody wants their body.
        guard head.status == 200 || head.status == 206 || head.status == 416 else { return false }
        do throws(FetchError) {
            guard sink.begin(try download(head)) else { throw .stopped }
            return true
        } catch {
            state.withLock { $0.failure = error }
            return false
        }
    }

    func receive(_ bytes: RawSpan) -> Bool {
        if sink.receive(bytes) { return true }
        state.withLock { $0.failure = .stopped }
        return false
    }

    /// What is sent back to the server must be nothing but a tag.
    private static func isStrong(_ tag: String) -> Bool {
        tag.utf8.count <= 256 && tag.hasPrefix("\"") && tag.hasSuffix("\"")
            && tag.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private func download(_ head: ResponseHead) throws(FetchError) -> DownloadHead {
        if let coding = head["content-encoding"], coding.lowercased() != "identity" {
            throw .unreachable("the answer is compressed, which was not asked for")
        }
        let tag = head["etag"].flatMap { Self.isStrong($0) ? $0 : nil }
        switch head.status {
        case 200:
            return DownloadHead(offset: 0, total: head["content-length"].flatMap { Int64($0) }, tag: tag)
        case 206:
            guard position.offset > 0, let range = ContentRange(head["content-range"] ?? ""),
                range.first == position.offset
            else { throw .rangeRefused }
            return DownloadHead(offset: position.offset, total: range.total, tag: tag)
        default:
            throw .rangeRefused
        }
    }
}

extension DownloadPosition {
    var headers: [String] {
        guard offset > 0 else { return [] }
        return ["Range: bytes=\(offset)-"] + (tag.map { ["If-Range: \($0)"] } ?? [])
    }
}

/// `bytes FIRST-LAST/TOTAL`, where the total may be unknown.
private struct ContentRange {
    let first: Int64
    let total: Int64?

    init?(_ text: String) {
        guard text.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst("bytes ".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), first >= 0, last >= first else {
            return nil
        }
        self.first = first
        if parts[1] == "*" {
            total = nil
        } else {
            guard let total = Int64(parts[1]), total > last else { return nil }
            self.total = total
        }
    }
}
