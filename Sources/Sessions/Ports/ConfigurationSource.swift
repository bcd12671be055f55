package import Addresses
package import Trust

/// Where signed configurations and site documents come from: the port that guarded https fills.
package protocol ConfigurationSource: Sendable {
    /// Fetches a configuration, saying what the challenge has to say.
    func configuration(
        at url: SecureURL, for site: SiteOrigin, answering challenge: Challenge
    ) async throws(SourceError) -> SourceDocument

    /// How large a file is that a configuration names without its size, in bytes; what comes later is held against it.
    func size(of url: SecureURL, for site: SiteOrigin) async throws(SourceError) -> Int64

    /// `/.well-known/lodger.json` of a site; no redirect is followed.
    func siteDocument(of site: SiteOrigin) async throws(SourceError) -> SourceDocument
}

package struct SourceDocument: Sendable {
    /// In lower case, without parameters.
    package let mediaType: String
    package let bytes: [UInt8]

    package init(mediaType: String, bytes: [UInt8]) {
        self.mediaType = mediaType
        self.bytes = bytes
    }
}

package enum SourceError: Error, Sendable, Hashable {
    /// The address is one that we never fetch from; the sentence says why.
    case addressRefused(String)
    case unreachable(String)
    case status(Int)
    case redirectRefused
    /// In bytes, the most that is read.
    case tooLarge(limit: Int)
    case cancelled
}
