package import Addresses
package import FoundationEssentials
package import MachineConfig

/// An image that lies on this computer, or a part of one.
package struct StoredImage: Sendable, Hashable, Codable {
    package let digest: SHA256Digest
    /// In bytes.
    package let size: Int64
    package let complete: Bool
    package let sites: [SiteOrigin]
    package let lastUsed: Date?

    package init(digest: SHA256Digest, size: Int64, complete: Bool, sites: [SiteOrigin], lastUsed: Date?) {
        self.digest = digest
        self.size = size
        self.complete = complete
        self.sites = sites
        self.lastUsed = lastUsed
    }
}
