import Addresses
package import Fetch
import Linux
package import Logging
import Storage
package import SystemPackage
package import Trust

/// Keeps the list of older sites' keys fresh while the daemon runs.
///
/// Every list is verified, whether it comes from its place or from the copy that was kept of the last good one; what fails
/// leaves the one before it in use.
package struct KeystoreKeeper: Sendable {
    private let place: KeystorePlace
    private let keyring: LegacyKeyring
    private let copies: FilePath
    private let fetch: GuardedFetch
    private let pauses: (good: Duration, failed: Duration)
    private let logger: Logger

    private static let signatureLimit = 4096

    package init(
        of place: KeystorePlace, for keyring: LegacyKeyring, copies: FilePath, fetch: GuardedFetch,
        pauses: (good: Duration, failed: Duration) = (.seconds(3600), .seconds(60)), logger: Logger
    ) {
        self.place = place
        self.keyring = keyring
        self.copies = copies
        self.fetch = fetch
        self.pauses = pauses
        self.logger = logger
    }

    /// Loads the last good list, then the present one, again and again; until cancelled.
    package func run() async {
        loadCopy()
        while !Task.isCancelled {
            let pause = await refresh() ? pauses.good : pauses.failed
            // Cut short only by the end.
            try? await Task.sleep(for: pause)
        }
    }

    func loadCopy() {
        do throws(StorageError) {
            let list = try PrivateFile.read(copies.appending("domainkeys.lst"), limit: LegacyKeyring.sizeLimit)
            let signature = try PrivateFile.read(copies.appending("domainkeys.sig"), limit: Self.signatureLimit)
            take(list, signature)
        } catch {
            logger.debug("no copy of a list of keys", metadata: ["reason": "\(error)"])
        }
    }

    /// Returns whether the list in use is the present one.
    package func refresh() async -> Bool {
        do throws(Unavailable) {
            let (list, signature) = try await present()
            guard take(list, signature) else { return false }
            keep(list, signature)
            return true
        } catch {
            logger.warning("no new list of keys", metadata: ["reason": "\(error.reason)"])
            return false
        }
    }

    @discardableResult
    private func take(_ list: [UInt8], _ signature: [UInt8]) -> Bool {
        do throws(TrustError) {
            let count = try keyring.replace(list: list, signature: signature)
            logger.info("list of keys verified", metadata: ["keys": "\(count)"])
            return true
        } catch {
            logger.error("list of keys not taken", metadata: ["reason": "\(error)"])
            return false
        }
    }

    /// The two files replace their old ones one after the other: a crash between leaves a pair that does not verify.
    private func keep(_ list: [UInt8], _ signature: [UInt8]) {
        do throws(StorageError) {
            try PrivateFolder.make(copies)
            try PrivateFile.write(list, to: copies.appending("domainkeys.lst"))
            try PrivateFile.write(signature, to: copies.appending("domainkeys.sig"))
        } catch {
            logger.warning("list of keys not kept", metadata: ["reason": "\(error)"])
        }
    }

    private struct Unavailable: Error {
        let reason: String
    }

    private func present() async throws(Unavailable) -> (list: [UInt8], signature: [UInt8]) {
        switch place {
        case .web(let list, let signature):
            do throws(FetchError) {
                let text = try await fetch.document(
                    FetchRequest(list, listed: [list.origin]), limit: LegacyKeyring.sizeLimit)
                let proof = try await fetch.document(
                    FetchRequest(signature, listed: [list.origin]), limit: Self.signatureLimit)
                return (text.bytes, proof.bytes)
            } catch {
                throw Unavailable(reason: "\(error)")
            }
        case .files(let list, let signature):
            do {
                return (
                    try Self.read(list, limit: LegacyKeyring.sizeLimit),
                    try Self.read(signature, limit: Self.signatureLimit)
                )
            } catch {
                throw Unavailable(reason: "\(error)")
            }
        }
    }

    /// Whoever may have written the file: only its signature counts.
    private static func read(_ path: FilePath, limit: Int) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        return try file.closeAfter {
            guard try FileStatus(of: file.rawValue).isFile else { throw Errno.invalidArgument }
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            while case let count = unsafe try chunk.withUnsafeMutableBytes({ unsafe try file.read(into: $0) }),
                count > 0
            {
                bytes += chunk[..<count]
                guard bytes.count <= limit else { throw Errno.fileTooLarge }
            }
            return bytes
        }
    }
}
