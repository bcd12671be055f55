import Linux
import Logging
import MachineConfig
import OpenSSL
import Sessions
import Storage
import SystemPackage

// What others than we may have done to the files of the cache.
extension ImageCache {
    /// Whether the image is there, all of it.
    ///
    /// A file of another size than the reference says is read again: either the reference is wrong, or the disk is.
    func isComplete(_ reference: ImageReference) async throws(ImageStoreError) -> Bool {
        let path = plan.complete(reference.digest)
        guard let size = size(of: path) else {
            try storing { () throws(StorageError) in try clear(path) }
            return false
        }
        if size == reference.size { return true }
        if try await hasDigest(reference.digest, path) {
            throw .sizeMismatch(reference.url, expected: reference.size, got: size)
        }
        // Another caller may have found the same meanwhile, and fetched it again.
        if self.size(of: path) == size {
            logger.error("damaged image removed", metadata: ["image": "\(reference.digest)"])
            try storing { () throws(StorageError) in try PrivateFile.remove(path) }
        }
        return false
    }

    /// Moves what is not a file of ours out of an image's place.
    private func clear(_ path: FilePath) throws(StorageError) {
        if let moved = try LineFile.clear(path) { logger.error("state set aside", metadata: moved.metadata) }
    }

    private func hasDigest(_ digest: SHA256Digest, _ path: FilePath) async throws(ImageStoreError) -> Bool {
        do throws(Errno) {
            return try await OwnThread.run { () throws(Errno) in
                let file = try RegularFile(path.string, for: .read)
                let hash = Digest(.sha256)
                var offset: Int64 = 0
                while true {
                    let bytes = try file.read(1 << 20, at: offset)
                    if bytes.isEmpty { return SHA256Digest(hash.finish().hexadecimal) == digest }
                    hash.update(bytes)
                    offset += Int64(bytes.count)
                }
            }
        } catch {
            throw .failed("the image cannot be read: \(error)")
        }
    }
}
