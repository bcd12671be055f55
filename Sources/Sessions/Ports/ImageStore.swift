package import Addresses
package import MachineConfig
package import SystemPackage

/// Where images lie: the port that the cache of downloads fills.
package protocol ImageStore: Sendable {
    /// The verified local file of an image, downloaded where it is missing.
    ///
    /// Two callers that ask for the same digest share one download. Cancelling the last of them stops it; what has come
    /// stays for the next try. `format` is the disk format whose header the file must have, `nil` for a file that is not a
    /// disk (a kernel, an initial file system, a CD).
    func image(
        _ reference: ImageReference, format: DiskFormat?, capacity: Int64?, for site: SiteOrigin,
        progress: @Sendable @escaping (ImageProgress) -> Void
    ) async throws(ImageStoreError) -> FilePath

    /// How many bytes of these images are not on this computer yet; each digest counts once.
    func missing(of references: [ImageReference]) async -> Int64

    /// Makes a fresh writable layer over a base; the base is never written.
    func makeOverlay(
        over base: FilePath, format: DiskFormat, capacity: Int64, for machine: MachineIdentifier, disk: Int
    ) async throws(ImageStoreError) -> FilePath

    /// Removes every layer of a machine; one without any is no error.
    func removeOverlays(of machine: MachineIdentifier) async throws(ImageStoreError)

    /// Removes the layers of all machines but these.
    func removeOverlays(except machines: Set<MachineIdentifier>) async throws(ImageStoreError)
}

package struct ImageProgress: Sendable, Hashable {
    package let digest: SHA256Digest
    package let bytes: Int64
    package let total: Int64
    /// In bytes a second, over the last seconds.
    package let rate: Int64

    package init(digest: SHA256Digest, bytes: Int64, total: Int64, rate: Int64) {
        self.digest = digest
        self.bytes = bytes
        self.total = total
        self.rate = rate
    }
}

package enum ImageStoreError: Error, Sendable, Hashable {
    /// The address is one that we never fetch from; the sentence says why.
    case addressRefused(SecureURL, String)
    case unreachable(SecureURL, String)
    case sizeMismatch(SecureURL, expected: Int64, got: Int64)
    case digestMismatch(SecureURL)
    /// The header says what we do not run: the sentence names it.
    case formatRefused(SecureURL, String)
    case diskFull(needed: Int64, free: Int64)
    case cancelled
    case failed(String)
}
