package import Addresses
package import Fetch
package import Sessions
import Synchronization
package import Trust

/// Configurations and site documents over guarded https.
package struct SiteFetcher: ConfigurationSource {
    private let fetch: GuardedFetch

    package static let configurationLimit = 256 << 10
    package static let siteDocumentLimit = 64 << 10

    package init(fetch: GuardedFetch) { self.fetch = fetch }

    package func configuration(
        at url: SecureURL, for site: SiteOrigin, answering challenge: Challenge
    ) async throws(SourceError) -> SourceDocument {
        let accept = "application/lodger+jws, application/json"
        let request = FetchRequest(challenge.address(url), accept: accept, listed: [site])
        return try await document(request, limit: Self.configurationLimit)
    }

    package func siteDocument(of site: SiteOrigin) async throws(SourceError) -> SourceDocument {
        let url = SecureURL(origin: site, path: "/.well-known/lodger.json")
        let request = FetchRequest(url, accept: "application/json", listed: [site], redirects: 0)
        return try await document(request, limit: Self.siteDocumentLimit)
    }

    package func size(of url: SecureURL, for site: SiteOrigin) async throws(SourceError) -> Int64 {
        let sink = SizeSink()
        do throws(FetchError) {
            try await fetch.download(FetchRequest(url, listed: [site]), from: DownloadPosition(offset: 0), into: sink)
        } catch .stopped {
            if let size = sink.size { return size }
        } catch {
            throw SourceError(error)
        }
        throw .unreachable("the server does not say how large the file is")
    }

    private func document(_ request: FetchRequest, limit: Int) async throws(SourceError) -> SourceDocument {
        do throws(FetchError) {
            let document = try await fetch.document(request, limit: limit)
            return SourceDocument(mediaType: document.mediaType, bytes: document.bytes)
        } catch {
            throw SourceError(error)
        }
    }
}

/// Reads the head of an answer and wants no more.
private final class SizeSink: DownloadSink {
    private let total = Mutex<Int64?>(nil)

    var size: Int64? { total.withLock { $0 } }

    func begin(_ head: DownloadHead) -> Bool {
        total.withLock { $0 = head.total }
        return false
    }

    func receive(_ bytes: RawSpan) -> Bool { false }
}
