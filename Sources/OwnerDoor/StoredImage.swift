package import FoundationEssentials
package import MachineConfig

/// An image that lies on this computer.
package struct StoredImage: Sendable, Hashable, Codable {
    package let digest: SHA256Digest
    /// In bytes.
    package let size: Int64
    package let lastUsed: Date
    /// Whether a machine runs on it, so that it cannot be removed.
    package let inUse: Bool

    package init(digest: SHA256Digest, size: Int64, lastUsed: Date, inUse: Bool) {
        self.digest = digest
        self.size = size
        self.lastUsed = lastUsed
        self.inUse = inUse
    }
}
