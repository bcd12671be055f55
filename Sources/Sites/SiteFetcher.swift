package import Addresses
package import Fetch
package import Sessions

/// Configurations and site documents over guarded https.
package struct SiteFetcher: ConfigurationSource {
    private let fetch: GuardedFetch

    package static let configurationLimit = 256 << 10
    package static let siteDocumentLimit = 64 << 10

    package init(fetch: GuardedFetch) { self.fetch = fetch }

    package func configuration(
        at url: SecureURL, for site: SiteOrigin, nonce: String, host: String
    ) async throws(SourceError) -> SourceDocument {
        let asked = url.appending(query: "nonce", nonce).appending(query: "host", host)
        let request = FetchRequest(asked, accept: "application/lodger+jws, application/json", listed: [site])
        return try await document(request, limit: Self.configurationLimit)
    }

    package func siteDocument(of site: SiteOrigin) async throws(SourceError) -> SourceDocument {
        let url = SecureURL(origin: site, path: "/.well-known/lodger.json")
        let request = FetchRequest(url, accept: "application/json", listed: [site], redirects: 0)
        return try await document(request, limit: Self.siteDocumentLimit)
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
