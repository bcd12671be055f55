package import Addresses
package import Fetch
import FoundationEssentials
import Linux
package import Logging
package import MachineConfig
package import Sessions
package import Storage
package import SystemPackage

/// The images of this computer: fetched once, kept by digest, shared by the sites that name the same one.
package actor ImageCache: ImageStore {
    let plan: CachePlan
    let overlays: OverlayFolder
    let logger: Logger
    private let fetch: GuardedFetch
    private let pauses: [Duration]
    private let records: RecordFolder<ImageUse>
    private var uses: [SHA256Digest: ImageUse]?
    private var downloads: [SHA256Digest: SharedDownload] = [:]

    package static let usualPauses: [Duration] = [1, 2, 4, 8, 15].map { .seconds($0) }

    /// Nothing is touched before the first call.
    ///
    /// `folder` holds what may be fetched again, `overlays` what the guests wrote. `pauses` are the waits after a cut.
    package init(
        folder: FilePath, overlays: FilePath, fetch: GuardedFetch, logger: Logger,
        pauses: [Duration] = ImageCache.usualPauses
    ) {
        plan = CachePlan(root: folder)
        self.overlays = OverlayFolder(path: overlays)
        self.fetch = fetch
        self.logger = logger
        self.pauses = pauses
        records = RecordFolder(plan.records)
    }

    package func image(
        _ reference: ImageReference, format: DiskFormat?, capacity: Int64?, for site: SiteOrigin,
        progress: @Sendable @escaping (ImageProgress) -> Void
    ) async throws(ImageStoreError) -> FilePath {
        try storing { () throws(StorageError) in try plan.make() }
        while try await !isComplete(reference) {
            if let other = downloads[reference.digest] {
                try await follow(other, for: reference, progress)
            } else {
                try await lead(reference, for: site, progress)
            }
        }
        let path = plan.complete(reference.digest)
        if let format { try await checkFormat(of: path, reference, format, capacity: capacity ?? .max) }
        try storing { () throws(StorageError) in try note(reference.digest, site) }
        return path
    }

    package func missing(of references: [ImageReference]) -> Int64 {
        var seen: Set<SHA256Digest> = []
        return references.reduce(0) { sum, reference in
            guard seen.insert(reference.digest).inserted else { return sum }
            if size(of: plan.complete(reference.digest)) != nil { return sum }
            return sum + max(0, reference.size - (size(of: plan.partial(reference.digest)) ?? 0))
        }
    }

    private func lead(
        _ reference: ImageReference, for site: SiteOrigin, _ progress: @escaping ProgressMeter.Listener
    ) async throws(ImageStoreError) {
        let shared = SharedDownload(reference)
        downloads[reference.digest] = shared
        shared.meter.add(UUID(), progress)
        let download = Download(
            reference: reference, site: site, plan: plan, fetch: fetch, pauses: pauses, meter: shared.meter,
            logger: logger)
        do throws(ImageStoreError) {
            try await download.run()
        } catch {
            downloads[reference.digest] = nil
            // Whoever follows was not cancelled: one of them takes the work up where it was left.
            shared.end(error == .cancelled ? .look : .failed(error))
            throw error
        }
        downloads[reference.digest] = nil
        shared.end(.look)
    }

    private func follow(
        _ other: SharedDownload, for reference: ImageReference, _ progress: @escaping ProgressMeter.Listener
    ) async throws(ImageStoreError) {
        switch await other.follow(progress) {
        case .look: return
        case .cancelled: throw .cancelled
        case .failed(let error):
            // Another site's address may have failed where this one's does not.
            if other.reference == reference { throw error }
        }
    }

    private func checkFormat(
        of path: FilePath, _ reference: ImageReference, _ format: DiskFormat, capacity: Int64
    ) async throws(ImageStoreError) {
        let bytes = try await header(of: path)
        do throws(FormatFault) {
            try DiskHeader.check(bytes, size: reference.size, format: format, capacity: capacity)
        } catch {
            throw .formatRefused(reference.url, error.description)
        }
    }

    private func header(of path: FilePath) async throws(ImageStoreError) -> [UInt8] {
        do throws(Errno) {
            return try await OwnThread.run { () throws(Errno) in
                try RegularFile(path.string, for: .read).read(DiskHeader.length, at: 0)
            }
        } catch {
            throw .failed("the image cannot be read: \(error)")
        }
    }

    private func note(_ digest: SHA256Digest, _ site: SiteOrigin) throws(StorageError) {
        var known = try loadedUses()
        var use = known[digest] ?? ImageUse(of: digest)
        guard use.note(site, at: Date()) else { return }
        known[digest] = use
        uses = known
        try records.save(use)
    }
}

// What the owner sees and does.
extension ImageCache {
    /// Everything that lies in the cache, the largest first.
    package func images() throws(StorageError) -> [CachedImage] {
        try plan.make()
        let uses = try loadedUses()
        var images: [CachedImage] = []
        for (folder, isComplete) in [(plan.complete, true), (plan.partial, false)] {
            for name in try PrivateFolder.names(in: folder) {
                guard let digest = SHA256Digest(name), let size = size(of: folder.appending(name)) else { continue }
                let sites = uses[digest]?.sites ?? []
                images.append(
                    CachedImage(
                        digest: digest, size: size, isComplete: isComplete,
                        sites: sites.map(\.site).sorted { $0.description < $1.description },
                        lastUsed: sites.map(\.lastUsed).max()))
            }
        }
        return images.sorted { ($0.size, $1.digest.description) > ($1.size, $0.digest.description) }
    }

    /// Removes an image and what came of it, unless a machine needs it.
    ///
    /// The disks of machines are known here; `inUse` names what machines use beside: kernels and CDs.
    package func remove(_ digest: SHA256Digest, inUse: Set<SHA256Digest> = []) throws(ImageRemovalError) {
        let bases = try removing { () throws(StorageError) in try overlays.bases() }
        guard !inUse.contains(digest), !bases.contains(digest), downloads[digest] == nil else { throw .inUse }
        guard size(of: plan.complete(digest)) != nil || size(of: plan.partial(digest)) != nil else {
            throw .unknownImage
        }
        try removing { () throws(StorageError) in
            try PrivateFile.remove(plan.complete(digest))
            try PrivateFile.remove(plan.partial(digest))
            try records.remove(digest.description)
        }
        uses?[digest] = nil
    }

    private func removing<Value>(_ body: () throws(StorageError) -> Value) throws(ImageRemovalError) -> Value {
        do throws(StorageError) { return try body() } catch { throw .failed(error.description) }
    }

    private func loadedUses() throws(StorageError) -> [SHA256Digest: ImageUse] {
        if let uses { return uses }
        let loaded = try records.load()
        for file in loaded.setAside { logger.error("state set aside", metadata: file.metadata) }
        let known = Dictionary(loaded.records.map { ($0.digest, $0) }) { first, _ in first }
        uses = known
        return known
    }

    /// In bytes; `nil` where no file of ours lies.
    func size(of path: FilePath) -> Int64? {
        // Whatever hides the file, it is not there for us.
        guard let status = try? FileStatus(atPath: path.string), status.isFile, status.isOwnedByUs else {
            return nil
        }
        return status.size
    }

    func storing<Value>(_ body: () throws(StorageError) -> Value) throws(ImageStoreError) -> Value {
        do throws(StorageError) {
            return try body()
        } catch {
            // However little is needed here, there is none.
            throw error.diskIsFull ? .diskFull(needed: 0, free: 0) : .failed(error.description)
        }
    }
}
