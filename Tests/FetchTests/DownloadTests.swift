import Addresses
import Fetch
import HTTPSFixture
import Synchronization
import Testing

/// Downloads, whole and in part, from a real https server.
@Suite(.serialized) struct DownloadTests {
    private static let content = [UInt8]((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })

    private final class Collector: DownloadSink {
        struct State {
            var heads: [DownloadHead] = []
            var bytes: [UInt8] = []
        }

        let state = Mutex(State())
        private let most: Int

        init(most: Int = .max) { self.most = most }

        func begin(_ head: DownloadHead) -> Bool {
            state.withLock { $0.heads.append(head) }
            return true
        }

        func receive(_ bytes: RawSpan) -> Bool {
            state.withLock { state in
                bytes.withUnsafeBytes { state.bytes.append(contentsOf: $0) }
                return state.bytes.count <= most
            }
        }

        var heads: [DownloadHead] { state.withLock { $0.heads } }
        var bytes: [UInt8] { state.withLock { $0.bytes } }
    }

    private func download(
        _ how: String = "", from position: DownloadPosition = DownloadPosition(offset: 0), slowest seconds: Int = 60,
        into sink: Collector
    ) async throws -> (error: FetchError?, requests: [LoggedRequest]) {
        try await TestServer.run { server in
            try server.add("image", Self.content)
            let url = server.url("image", how: how)
            let fetch = server.fetch { $0.slowest = (1024, seconds) }
            var failure: FetchError?
            do throws(FetchError) {
                try await fetch.download(FetchRequest(url, listed: [url.origin]), from: position, into: sink)
            } catch {
                failure = error
            }
            return (failure, try await server.requests())
        }
    }

    @Test func aWholeFileComes() async throws {
        let sink = Collector()
        let (error, requests) = try await download(into: sink)
        #expect(error == nil)
        #expect(sink.bytes == Self.content)
        #expect(sink.heads == [DownloadHead(offset: 0, total: 200_000, tag: "\"one\"")])
        #expect(requests.map(\.range) == [nil])
    }

    @Test func theRestOfAFileComesAlone() async throws {
        let sink = Collector()
        let (error, requests) = try await download(from: .init(offset: 150_000, tag: "\"one\""), into: sink)
        #expect(error == nil)
        #expect(sink.bytes == Array(Self.content[150_000...]))
        #expect(sink.heads == [DownloadHead(offset: 150_000, total: 200_000, tag: "\"one\"")])
        #expect(requests.map(\.range) == ["bytes=150000-"])
        #expect(requests.map(\.ifRange) == ["\"one\""])
        #expect(requests.map(\.sent) == [50_000])
    }

    @Test func aServerWithoutRangesStartsAnew() async throws {
        let sink = Collector()
        let (error, _) = try await download("norange", from: .init(offset: 150_000), into: sink)
        #expect(error == nil)
        #expect(sink.heads.map(\.offset) == [0])
        #expect(sink.bytes == Self.content)
    }

    @Test func aChangedFileStartsAnew() async throws {
        let sink = Collector()
        let (error, _) = try await download(
            "tag=%22two%22", from: .init(offset: 150_000, tag: "\"one\""), into: sink)
        #expect(error == nil)
        #expect(sink.heads.map(\.offset) == [0])
        #expect(sink.bytes == Self.content)
    }

    @Test(arguments: ["shift=1", "shift=-1", "shift=-150000", "shift=900000"])
    func anotherPartThanAskedForIsRefusedUntaken(how: String) async throws {
        let sink = Collector()
        let (error, _) = try await download(how, from: .init(offset: 150_000), into: sink)
        #expect(error == .rangeRefused)
        #expect(sink.heads.isEmpty && sink.bytes.isEmpty)
    }

    @Test func aPositionBehindTheEndIsRefused() async throws {
        let sink = Collector()
        let (error, _) = try await download(from: .init(offset: 200_000), into: sink)
        #expect(error == .rangeRefused)
    }

    @Test func aWeakTagIsNotUsed() async throws {
        let sink = Collector()
        _ = try await download("tag=W/%22one%22", into: sink)
        #expect(sink.heads.map(\.tag) == [nil])
    }

    @Test func aCutKeepsWhatCame() async throws {
        let sink = Collector()
        let (error, _) = try await download("cut=100000", into: sink)
        guard case .interrupted = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!sink.bytes.isEmpty && Self.content.starts(with: sink.bytes))
    }

    @Test func aStalledDownloadEnds() async throws {
        let sink = Collector()
        let (error, _) = try await download("stall=100000", slowest: 2, into: sink)
        #expect(error == .timedOut)
        #expect(sink.bytes == Array(Self.content[..<100_000]))
    }

    @Test func theTakerCanEndIt() async throws {
        let sink = Collector(most: 1000)
        let (error, _) = try await download(into: sink)
        #expect(error == .stopped)
        #expect(sink.bytes.count < 200_000)
    }

    @Test func aRedirectToAnotherOriginIsRefused() async throws {
        let sink = Collector()
        let (error, _) = try await download("redirect=https%3A//other.example/image", into: sink)
        #expect(error == .redirectRefused)
        #expect(sink.heads.isEmpty)
    }
}
