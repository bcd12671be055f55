import Addresses
import Fetch
import Linux
import Logging
import MachineConfig
import Sessions
import SystemPackage

/// Brings one image from its address to its place, in as many pieces as the network makes of it.
struct Download: Sendable {
    let reference: ImageReference
    let site: SiteOrigin
    let plan: CachePlan
    let fetch: GuardedFetch
    /// The waits before another try after a cut; when they are used up the download fails.
    let pauses: [Duration]
    let meter: ProgressMeter
    let logger: Logger

    /// So much more than ever before makes the next cut count as the first one.
    private static let worthwhile: Int64 = 1 << 20

    func run() async throws(ImageStoreError) {
        let file = try await open()
        let inherited = file.position.offset
        meter.reached(inherited)
        do throws(ImageStoreError) {
            try await checkSpace(for: reference.size - inherited)
            try await transfer(into: file)
            if try await settle(file) { return }
            // Only a file of one piece is held against its source.
            guard file.isJoined else { throw ImageStoreError.digestMismatch(reference.url) }
            logger.notice("The parts of the image did not fit; fetching all of it.", metadata: metadata)
            try await restart(file)
            try await checkSpace(for: reference.size)
            try await transfer(into: file)
            guard try await settle(file) else { throw ImageStoreError.digestMismatch(reference.url) }
        } catch {
            if Self.condemns(error) || file.position.offset == 0 { file.discard() }
            throw error
        }
    }

    /// Whether what came is worth nothing for a next try.
    private static func condemns(_ error: ImageStoreError) -> Bool {
        switch error {
        case .digestMismatch, .sizeMismatch: true
        default: false
        }
    }

    private func open() async throws(ImageStoreError) -> PartialFile {
        let (path, size, meter) = (plan.partial(reference.digest), reference.size, meter)
        return try await work { () throws(PartialFile.Failure) in
            try PartialFile(path, size: size) { meter.reached($0) }
        }
    }

    private func restart(_ file: PartialFile) async throws(ImageStoreError) {
        try await work { () throws(PartialFile.Failure) in try file.restart() }
    }

    /// Returns whether the bytes are the declared ones.
    private func settle(_ file: PartialFile) async throws(ImageStoreError) -> Bool {
        let (digest, place) = (reference.digest, plan.complete(reference.digest))
        return try await work { () throws(PartialFile.Failure) in
            do throws(PartialFile.Failure) {
                try file.complete(as: digest, at: place)
                return true
            } catch .wrongDigest {
                return false
            } catch {
                throw error
            }
        }
    }

    private func checkSpace(for needed: Int64) async throws(ImageStoreError) {
        let free = try await freeSpace()
        guard needed <= free else { throw .diskFull(needed: needed, free: free) }
    }

    private func freeSpace() async throws(ImageStoreError) -> Int64 {
        let folder = plan.partial.string
        return try await work { () throws(PartialFile.Failure) in
            do throws(Errno) { return try Folder.freeSpace(at: folder) } catch { throw .file(error) }
        }
    }

    /// Fetches until all is there; a cut is followed by another try from where it came.
    private func transfer(into file: PartialFile) async throws(ImageStoreError) {
        var request = FetchRequest(reference.url, listed: [site])
        request.accept = "application/octet-stream, */*"
        var cuts = 0
        var furthest = file.position.offset
        while file.position.offset < reference.size {
            let before = file.position
            do throws(FetchError) {
                try await fetch.download(request, from: before, into: file)
                if file.position.offset < reference.size { throw Self.early(before, file.position) }
            } catch .rangeRefused where before.offset > 0 {
                logger.info("The server does not give the rest of the image; fetching all of it.", metadata: metadata)
                try await restart(file)
            } catch {
                if let failure = file.failure { throw await word(for: failure, at: file.position.offset) }
                if file.position.offset >= furthest + Self.worthwhile { cuts = 0 }
                guard Self.isPassing(error, after: file.position.offset > 0), cuts < pauses.count else {
                    throw word(for: error, at: file.position.offset)
                }
                furthest = max(furthest, file.position.offset)
                logger.info("The download was cut: \(error).", metadata: metadata)
                do { try await Task.sleep(for: pauses[cuts]) } catch { throw .cancelled }
                cuts += 1
            }
        }
    }

    /// The server sees an end where none should be: some give a file in parts of their own choice.
    private static func early(_ before: DownloadPosition, _ after: DownloadPosition) -> FetchError {
        before.offset > 0 && after.offset > before.offset ? .interrupted("only a part was given") : .stopped
    }

    /// Whether another try may end better.
    private static func isPassing(_ error: FetchError, after something: Bool) -> Bool {
        switch error {
        case .interrupted: true
        case .timedOut, .unreachable: something
        case .status(let status): status == 429 || (500...504).contains(status)
        default: false
        }
    }

    private func word(for error: FetchError, at offset: Int64) -> ImageStoreError {
        let url = reference.url
        return switch error {
        case .addressRefused(let reason): .addressRefused(url, reason)
        case .unreachable(let reason), .interrupted(let reason): .unreachable(url, reason)
        case .timedOut: .unreachable(url, "nothing came any more")
        case .status(let status): .unreachable(url, "the server answers with status \(status)")
        case .redirectRefused: .addressRefused(url, "it redirects to another origin, or too often")
        case .tooLarge, .stopped: .sizeMismatch(url, expected: reference.size, got: offset)
        case .rangeRefused: .unreachable(url, "the server gives another part than asked for")
        case .cancelled: .cancelled
        }
    }

    private func word(for failure: PartialFile.Failure, at offset: Int64) async -> ImageStoreError {
        switch failure {
        case .wrongSize(let got): return .sizeMismatch(reference.url, expected: reference.size, got: got)
        case .wrongDigest: return .digestMismatch(reference.url)
        case .file(let error): return .failed("the image cannot be written: \(error)")
        case .full:
            do throws(ImageStoreError) {
                return .diskFull(needed: reference.size - offset, free: try await freeSpace())
            } catch {
                return error
            }
        }
    }

    /// Runs what waits for the disk where it holds nobody up.
    private func work<Value: Sendable>(
        _ body: @escaping @Sendable () throws(PartialFile.Failure) -> Value
    ) async throws(ImageStoreError) -> Value {
        do throws(PartialFile.Failure) {
            return try await OwnThread.run(body)
        } catch {
            throw await word(for: error, at: 0)
        }
    }

    private var metadata: Logger.Metadata {
        ["site": "\(site)", "image": "\(reference.digest)", "from": "\(reference.url.origin)"]
    }
}
