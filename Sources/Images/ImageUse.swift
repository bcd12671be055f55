package import Addresses
package import FoundationEssentials
package import MachineConfig
import Storage

/// Which sites use an image, and since when not any more.
struct ImageUse: Record {
    let digest: SHA256Digest
    private(set) var sites: [Site]

    struct Site: Codable, Sendable {
        let site: SiteOrigin
        var lastUsed: Date
    }

    var identifier: String { digest.description }

    init(of digest: SHA256Digest) {
        self.digest = digest
        sites = []
    }

    /// Returns whether that is news enough to be written down: one hour more or less changes nothing.
    mutating func note(_ site: SiteOrigin, at time: Date) -> Bool {
        guard let index = sites.firstIndex(where: { $0.site == site }) else {
            sites.append(Site(site: site, lastUsed: time))
            return true
        }
        guard time.timeIntervalSince(sites[index].lastUsed) > 3600 else { return false }
        sites[index].lastUsed = time
        return true
    }
}

/// An image of the cache, as its owner sees it.
package struct CachedImage: Sendable, Hashable {
    package let digest: SHA256Digest
    /// In bytes.
    package let size: Int64
    /// Whether all of it is there; the rest would come with the next use.
    package let isComplete: Bool
    /// In alphabetical order.
    package let sites: [SiteOrigin]
    package let lastUsed: Date?
}

/// Why an image was not removed.
package enum ImageRemovalError: Error, Sendable, Hashable {
    case unknownImage
    /// A machine's disk lies over it, or a download is under way.
    case inUse
    case failed(String)
}
