import MachineConfig
import Storage
import SystemPackage

/// Where in the cache's folder what lies; no part of any path comes from outside but a parsed digest.
struct CachePlan: Sendable {
    let root: FilePath

    var complete: FilePath { root.appending("sha256") }
    var partial: FilePath { root.appending("partial") }
    var records: FilePath { root.appending("uses") }

    func complete(_ digest: SHA256Digest) -> FilePath { complete.appending(digest.description) }
    func partial(_ digest: SHA256Digest) -> FilePath { partial.appending(digest.description) }

    /// The digest of an image that lies in the cache.
    func digest(of path: FilePath) -> SHA256Digest? {
        guard path.removingLastComponent() == complete else { return nil }
        return path.lastComponent.flatMap { SHA256Digest($0.string) }
    }

    func make() throws(StorageError) {
        try PrivateFolder.make(complete)
        try PrivateFolder.make(partial)
        try PrivateFolder.make(records)
    }
}
