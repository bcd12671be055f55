import Addresses
import Fetch
import FoundationEssentials
import HTTPSFixture
import Images
import MachineConfig
import Sessions
import SystemPackage
import Testing

/// Downloads that are cut, and servers that do not keep their word.
@Suite(.serialized) struct BadDownloadTests {
    private func failure(
        _ fixture: CacheFixture, _ reference: ImageReference, cache: ImageCache? = nil
    ) async -> ImageStoreError? {
        do throws(ImageStoreError) {
            try await fixture.fetch(reference, with: cache ?? fixture.cache())
            return nil
        } catch {
            return error
        }
    }

    @Test func afterACutOnlyTheMissingBytesMove() async throws {
        try await CacheFixture.run { fixture in
            try await fixture.fetch(fixture.reference("cut=1000000&times=2"), with: fixture.cache())
            #expect(try fixture.complete.bytes == fixture.content)
            let requests = try await fixture.server.requests()
            #expect(requests.count == 3)
            #expect(requests[0].range == nil)
            #expect(requests.dropFirst().allSatisfy { $0.range != nil && $0.ifRange == "\"one\"" })
            // What the cut threw away inside the network is sent again, and nothing else.
            let rest = fixture.content.count - 2 * 1_000_000
            #expect(requests[2].sent >= rest)
            #expect(requests[2].sent < fixture.content.count - 1_000_000)
        }
    }

    @Test func whatCameBeforeARestartIsNotFetchedAgain() async throws {
        try await CacheFixture.run { fixture in
            let log = ProgressLog()
            let reference = fixture.reference("pace=0.05")
            let task = Task { try await fixture.fetch(reference, with: fixture.cache(), progress: log) }
            try await log.reached(500_000)
            task.cancel()
            await #expect(throws: ImageStoreError.cancelled) { try await task.value }
            let there = try fixture.partial.bytes
            #expect(there.count >= 500_000 && fixture.content.starts(with: there))
            #expect(try fixture.partial.permissions == 0o600)

            let later = fixture.cache()
            #expect(await later.missing(of: [reference]) == Int64(fixture.content.count - there.count))
            #expect(try await later.images().map(\.isComplete) == [false])
            let second = ProgressLog()
            try await fixture.fetch(fixture.reference(), with: later, progress: second)
            #expect(try fixture.complete.bytes == fixture.content)
            #expect(second.all.first?.bytes == Int64(there.count))
            let last = try #require(try await fixture.server.requests().last)
            #expect(last.range == "bytes=\(there.count)-")
            #expect(last.sent == Int64(fixture.content.count - there.count))
        }
    }

    @Test func partsThatDoNotFitAreFetchedAnewOnce() async throws {
        try await CacheFixture.run { fixture in
            try await fixture.fetch(fixture.reference("cut=1000000&garble=1"), with: fixture.cache())
            #expect(try fixture.complete.bytes == fixture.content)
            #expect(try await fixture.server.requests().map { $0.range == nil } == [true, false, true])
        }
    }

    @Test func aServerThatGivesOnlyPartsIsAskedForEach() async throws {
        try await CacheFixture.run { fixture in
            try await fixture.fetch(
                fixture.reference("cut=1000000&most=1200000"), with: fixture.cache(pauses: [.zero]))
            #expect(try fixture.complete.bytes == fixture.content)
        }
    }

    @Test(arguments: ["norange", "shift=1", "shift=-1000"])
    func aServerThatCannotGiveTheRestIsAskedForAll(how: String) async throws {
        try await CacheFixture.run { fixture in
            try await fixture.fetch(fixture.reference("cut=1000000&\(how)"), with: fixture.cache())
            #expect(try fixture.complete.bytes == fixture.content)
        }
    }

    @Test(arguments: [1_000_000, 3_000_000, 5_000_000])
    func aDamagedPartIsFetchedAnewOnce(count: Int) async throws {
        try await CacheFixture.run { fixture in
            try FileManager.default.createDirectory(
                atPath: fixture.partial.removingLastComponent().string, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try fixture.partial.write([UInt8](repeating: 7, count: count))
            try await fixture.fetch(fixture.reference(), with: fixture.cache())
            #expect(try fixture.complete.bytes == fixture.content)
            #expect(try await fixture.server.requests().count <= 2)
        }
    }

    @Test func aLinkInThePlaceOfAPartIsNotFollowed() async throws {
        try await CacheFixture.run { fixture in
            try FileManager.default.createDirectory(
                atPath: fixture.partial.removingLastComponent().string, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let precious = fixture.server.folder.appending("precious")
            try precious.write([1, 2, 3])
            try FileManager.default.createSymbolicLink(
                atPath: fixture.partial.string, withDestinationPath: precious.string)
            try await fixture.fetch(fixture.reference(), with: fixture.cache())
            #expect(try fixture.complete.bytes == fixture.content)
            #expect(try precious.bytes == [1, 2, 3])
        }
    }

    @Test func aFolderInThePlaceOfAFileIsMovedOutOfTheWay() async throws {
        try await CacheFixture.run { fixture in
            for place in [fixture.partial, fixture.complete] {
                try FileManager.default.createDirectory(
                    atPath: place.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
            try await fixture.fetch(fixture.reference(), with: fixture.cache())
            #expect(try fixture.complete.bytes == fixture.content)
            for folder in ["images/partial", "images/sha256"] {
                let names = try fixture.root.appending(folder).names
                #expect(names.contains { $0.hasPrefix("\(fixture.digest).damaged-") }, "\(names)")
            }
        }
    }

    @Test func anImageThatLostItsEndIsFetchedAgain() async throws {
        try await CacheFixture.run { fixture in
            let cache = fixture.cache()
            try await fixture.fetch(fixture.reference(), with: cache)
            try FileManager.default.removeItem(atPath: fixture.complete.string)
            try fixture.complete.write(Array(fixture.content.dropLast(1000)))
            try await fixture.fetch(fixture.reference(), with: cache)
            #expect(try fixture.complete.bytes == fixture.content)
            // The file is right now, so whoever names another size is wrong.
            let wrong = fixture.reference(size: 17)
            #expect(await failure(fixture, wrong) == .sizeMismatch(wrong.url, expected: 17, got: 3_000_000))
            #expect(try fixture.complete.bytes == fixture.content)
        }
    }

    @Test(arguments: ["", "unsized"])
    func aFileOfAnotherDigestIsRefusedAndLeavesNothing(how: String) async throws {
        try await CacheFixture.run { fixture in
            let digest = try #require(SHA256Digest(String(repeating: "0", count: 64)))
            let reference = fixture.reference(how, digest: digest)
            #expect(await failure(fixture, reference) == .digestMismatch(reference.url))
            #expect(try await fixture.server.requests().count == 1)
            #expect(try fixture.root.appending("images/partial").names.isEmpty)
            #expect(try fixture.root.appending("images/sha256").names.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("", 2_999_999, 3_000_000), ("", 3_000_001, 3_000_000), ("", 1, 3_000_000),
            ("unsized", 3_000_001, 3_000_000),
        ] as [(String, Int64, Int64)])
    func aFileOfAnotherSizeIsRefused(how: String, declared: Int64, got: Int64) async throws {
        try await CacheFixture.run { fixture in
            let reference = fixture.reference(how, size: declared)
            #expect(
                await failure(fixture, reference) == .sizeMismatch(reference.url, expected: declared, got: got))
            let seen = try fixture.root.appending("images/partial").names
            #expect(seen.isEmpty)
        }
    }

    @Test func neverMoreThanDeclaredIsWritten() async throws {
        try await CacheFixture.run { fixture in
            let reference = fixture.reference("unsized", size: 1_000_000)
            guard case .sizeMismatch(_, 1_000_000, let got) = await failure(fixture, reference) else {
                Issue.record("it was taken")
                return
            }
            // One piece of the network's too much was seen, and not written.
            #expect(got > 1_000_000 && got < 1_100_000)
        }
    }

    @Test func aWrongSizeOfAnImageThatIsThereIsTheReferencesFault() async throws {
        try await CacheFixture.run { fixture in
            try await fixture.fetch(fixture.reference(), with: fixture.cache())
            let reference = fixture.reference(size: 5)
            #expect(
                await failure(fixture, reference)
                    == .sizeMismatch(reference.url, expected: 5, got: Int64(fixture.content.count)))
        }
    }

    @Test(arguments: ["stall=1000000&times=99", "cut=100&times=99", "cut=0&times=99", "status=503"])
    func aServerThatNeverGetsThereIsGivenUp(how: String) async throws {
        try await CacheFixture.run { fixture in
            let error = await failure(
                fixture, fixture.reference(how), cache: fixture.cache(pauses: [.zero], slowest: 2))
            guard case .unreachable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let seen = try await fixture.server.requests().count
            #expect(seen <= 3)
            #expect(!fixture.complete.exists)
        }
    }

    @Test(arguments: [
        "redirect=https%3A//other.example/image", "redirect=https%3A//169.254.169.254/image",
        "redirect=http%3A//localhost/image", "redirect=self&hops=9",
    ])
    func redirectsElsewhereAreRefused(how: String) async throws {
        try await CacheFixture.run { fixture in
            let reference = fixture.reference(how)
            #expect(
                await failure(fixture, reference)
                    == .addressRefused(reference.url, "it redirects to another origin, or too often"))
        }
    }

    @Test func aMissingFileIsToldAtOnce() async throws {
        try await CacheFixture.run { fixture in
            let reference = ImageReference(url: fixture.server.url("nothing"), digest: fixture.digest, size: 5)
            #expect(
                await failure(fixture, reference)
                    == .unreachable(reference.url, "the server answers with status 404"))
            let seen = try await fixture.server.requests()
            #expect(seen.count == 1)
        }
    }

    @Test func anAddressOutsideTheInternetIsRefused() async throws {
        try await CacheFixture.run { fixture in
            let fetch = GuardedFetch(
                settings: FetchSettings(), resolver: FixedResolver(["93.184.216.34", "192.168.1.1"]))
            guard
                case .unreachable = await failure(fixture, fixture.reference(), cache: fixture.cache(fetch: fetch))
            else {
                Issue.record("it was fetched")
                return
            }
        }
    }

    @Test func cancellingEndsAPauseBetweenTries() async throws {
        try await CacheFixture.run { fixture in
            let log = ProgressLog()
            let cache = fixture.cache(pauses: [.seconds(600)])
            let reference = fixture.reference("cut=100000")
            let task = Task { try await fixture.fetch(reference, with: cache, progress: log) }
            while try await fixture.server.requests().isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            await #expect(throws: ImageStoreError.cancelled) { try await task.value }
        }
    }
}
