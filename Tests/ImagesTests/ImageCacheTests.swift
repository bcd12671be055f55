import Addresses
import Fetch
import FoundationEssentials
import HTTPSFixture
import Images
import MachineConfig
import Sessions
import SystemPackage
import Testing

/// Downloads into the cache from a real https server that behaves as it should.
@Suite(.serialized) struct ImageCacheTests {
    @Test func anImageIsFetchedOnceAndKeptReadOnlyByDigest() async throws {
        try await CacheFixture.run { fixture in
            let cache = fixture.cache()
            let reference = fixture.reference()
            #expect(await cache.missing(of: [reference, reference]) == 3_000_000)
            let progress = ProgressLog()
            let path = try await fixture.fetch(reference, with: cache, progress: progress)
            #expect(path == fixture.complete)
            #expect(try path.bytes == fixture.content)
            #expect(try path.permissions == 0o400)
            #expect(try fixture.root.appending("images/sha256").permissions == 0o700)
            #expect(try fixture.root.appending("images/partial").names.isEmpty)
            #expect(progress.all.last?.bytes == 3_000_000)
            #expect(progress.all.allSatisfy { $0.total == 3_000_000 && $0.digest == fixture.digest })
            #expect(await cache.missing(of: [reference]) == 0)

            try await fixture.fetch(reference, with: cache)
            try await fixture.fetch(reference, with: fixture.cache())
            #expect(try await fixture.server.requests().count == 1)
        }
    }

    @Test func anEmptyFileIsAFile() async throws {
        try await CacheFixture.run(size: 0) { fixture in
            let path = try await fixture.fetch(fixture.reference(), with: fixture.cache())
            #expect(try path.bytes.isEmpty)
        }
    }

    @Test func callersOfTheSameImageShareOneDownload() async throws {
        try await CacheFixture.run { fixture in
            let cache = fixture.cache()
            let reference = fixture.reference("pace=0.01")
            let logs = (0..<4).map { _ in ProgressLog() }
            try await withThrowingTaskGroup(of: FilePath.self) { group in
                for log in logs {
                    group.addTask { try await fixture.fetch(reference, with: cache, progress: log) }
                }
                for try await path in group { #expect(path == fixture.complete) }
            }
            #expect(try await fixture.server.requests().count == 1)
            #expect(logs.allSatisfy { $0.all.last?.bytes == 3_000_000 })
        }
    }

    @Test func whenTheWorkerIsCancelledAFollowerGoesOn() async throws {
        try await CacheFixture.run { fixture in
            let cache = fixture.cache()
            let reference = fixture.reference("pace=0.05")
            let (first, second) = (ProgressLog(), ProgressLog())
            let worker = Task { try await fixture.fetch(reference, with: cache, progress: first) }
            try await first.reached(65_536)
            let follower = Task { try await fixture.fetch(reference, with: cache, progress: second) }
            try await second.reached(500_000)
            worker.cancel()
            await #expect(throws: ImageStoreError.cancelled) { try await worker.value }
            #expect(try await follower.value == fixture.complete)
            #expect(try fixture.complete.bytes == fixture.content)
            let requests = try await fixture.server.requests()
            #expect(requests.count == 2)
            #expect(requests[1].range != nil)
        }
    }

    @Test func aCancelledFollowerLeavesTheDownloadAlone() async throws {
        try await CacheFixture.run { fixture in
            let cache = fixture.cache()
            let reference = fixture.reference("pace=0.02")
            let (first, second) = (ProgressLog(), ProgressLog())
            let worker = Task { try await fixture.fetch(reference, with: cache, progress: first) }
            try await first.reached(65_536)
            let follower = Task { try await fixture.fetch(reference, with: cache, progress: second) }
            try await second.reached(200_000)
            follower.cancel()
            await #expect(throws: ImageStoreError.cancelled) { try await follower.value }
            #expect(try await worker.value == fixture.complete)
            #expect(try await fixture.server.requests().count == 1)
        }
    }

    @Test func aFollowerTriesItsOwnAddressWhereAnothersFails() async throws {
        try await CacheFixture.run { fixture in
            let cache = fixture.cache()
            let log = ProgressLog()
            let bad = Task {
                try await fixture.fetch(fixture.reference("pace=0.02&garble=9"), with: cache, progress: log)
            }
            try await log.reached(65_536)
            let good = Task { try await fixture.fetch(fixture.reference(), with: cache) }
            await #expect(throws: ImageStoreError.self) { try await bad.value }
            #expect(try await good.value == fixture.complete)
        }
    }

    @Test func progressIsToldAtMostTenTimesASecond() async throws {
        try await CacheFixture.run { fixture in
            let log = ProgressLog()
            let began = ContinuousClock.now
            try await fixture.fetch(fixture.reference("pace=0.02"), with: fixture.cache(), progress: log)
            let tenths = (ContinuousClock.now - began) / .milliseconds(100)
            #expect(Double(log.all.count) <= tenths + 3)
            #expect(log.all.count >= 3)
            #expect(log.all.map(\.bytes) == log.all.map(\.bytes).sorted())
            #expect((log.all.last?.rate ?? 0) > 0)
        }
    }

    @Test func theOwnerSeesWhatLiesThereAndForWhom() async throws {
        try await CacheFixture.run { fixture in
            let cache = fixture.cache()
            try await fixture.fetch(fixture.reference(), with: cache)
            let other = try #require(SiteOrigin("https://aaa.example"))
            _ = try await cache.image(fixture.reference(), format: nil, capacity: nil, for: other) { _ in }
            for cache in [cache, fixture.cache()] {
                let images = try await cache.images()
                #expect(images.map(\.digest) == [fixture.digest])
                #expect(images.map(\.size) == [3_000_000])
                #expect(images.map(\.isComplete) == [true])
                #expect(images.map(\.sites) == [[other, fixture.site]])
                #expect(images.allSatisfy { $0.lastUsed.map { abs($0.timeIntervalSinceNow) < 600 } == true })
            }
            try await cache.remove(fixture.digest)
            #expect(try await cache.images().isEmpty)
            #expect(!fixture.complete.exists)
            #expect(await cache.missing(of: [fixture.reference()]) == 3_000_000)
            try await fixture.fetch(fixture.reference(), with: cache)
        }
    }

    @Test func theHeaderIsCheckedAgainstEachCallersWord() async throws {
        try await TestServer.run { server in
            let file = server.folder.appending("files/image")
            try server.folder.appending("secret").write([1])
            try await QemuTools.img(
                "create", "-f", "qcow2", "-b", "\(server.folder)/secret", "-F", "raw", file.string, "1M")
            let fixture = CacheFixture(server: server, content: try file.bytes)
            let cache = fixture.cache()
            // As a file that is no disk it harms nobody; as a disk it is refused, fetched or not.
            for _ in 0..<2 {
                for format in [DiskFormat.qcow2, .raw] {
                    let error = await #expect(throws: ImageStoreError.self) {
                        try await cache.image(
                            fixture.reference(), format: format, capacity: 1 << 30, for: fixture.site
                        ) { _ in }
                    }
                    guard case .formatRefused = error else {
                        Issue.record("\(format) gave \(String(describing: error))")
                        continue
                    }
                }
                try await fixture.fetch(fixture.reference(), with: cache)
            }
        }
    }
}
