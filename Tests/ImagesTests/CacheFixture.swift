import Addresses
import Fetch
import FoundationEssentials
import HTTPSFixture
import Images
import Logging
import MachineConfig
import OpenSSL
import Sessions
import Synchronization
import SystemPackage
import Testing

/// A cache in a folder of its own, with a server to fetch from.
struct CacheFixture {
    let server: TestServer
    let content: [UInt8]

    var root: FilePath { server.folder.appending("cache") }
    var site: SiteOrigin { server.origin }

    /// Not one piece of it is like another, so that a piece in the wrong place shows.
    private static let noise = {
        var state: UInt64 = 88_172_645_463_325_252
        return (0..<625_000).flatMap { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return withUnsafeBytes(of: state) { [UInt8]($0) }
        }
    }()

    static func run(size: Int = 3_000_000, _ body: (CacheFixture) async throws -> Void) async throws {
        try await TestServer.run { server in
            let content = Array(noise.prefix(size))
            try server.add("image", content)
            try await body(CacheFixture(server: server, content: content))
        }
    }

    func cache(
        pauses: [Duration] = [.milliseconds(1), .milliseconds(1), .milliseconds(1)], root: FilePath? = nil,
        slowest seconds: Int = 60, fetch: GuardedFetch? = nil
    ) -> ImageCache {
        let root = root ?? self.root
        return ImageCache(
            folder: root.appending("images"), overlays: root.appending("overlays"),
            fetch: fetch ?? server.fetch { $0.slowest = (1024, seconds) }, logger: Logger(label: "test"), pauses: pauses
        )
    }

    var digest: SHA256Digest { Self.digest(of: content) }

    static func digest(of bytes: [UInt8]) -> SHA256Digest {
        let text = Digest.sha256(bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        guard let digest = SHA256Digest(text) else { preconditionFailure("\(text) is no digest") }
        return digest
    }

    func reference(_ how: String = "", size: Int64? = nil, digest: SHA256Digest? = nil) -> ImageReference {
        ImageReference(
            url: server.url("image", how: how), digest: digest ?? self.digest, size: size ?? Int64(content.count))
    }

    /// Fetches a file that is no disk.
    @discardableResult
    func fetch(
        _ reference: ImageReference, with cache: ImageCache, progress: ProgressLog = ProgressLog()
    ) async throws(ImageStoreError) -> FilePath {
        try await cache.image(reference, format: nil, capacity: nil, for: site) { progress.add($0) }
    }

    var complete: FilePath { root.appending("images/sha256/\(digest)") }
    var partial: FilePath { root.appending("images/partial/\(digest)") }
}

/// What a caller is told of a download.
final class ProgressLog: Sendable {
    private let entries = Mutex<[ImageProgress]>([])

    func add(_ progress: ImageProgress) { entries.withLock { $0.append(progress) } }

    var all: [ImageProgress] { entries.withLock { $0 } }

    /// Waits until so many bytes were there.
    func reached(_ bytes: Int64) async throws {
        while !all.contains(where: { $0.bytes >= bytes }) { try await Task.sleep(for: .milliseconds(5)) }
    }
}
