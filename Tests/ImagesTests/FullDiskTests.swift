import FoundationEssentials
import HTTPSFixture
import Images
import MachineConfig
import Sessions
import SystemPackage
import Testing

/// Whether CAP_SYS_ADMIN is in effect.
private var mayMount: Bool {
    // Where it cannot be known it is not so.
    let status = (try? FilePath("/proc/self/status").bytes) ?? []
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    let capabilities = line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
    return capabilities & (1 << 21) != 0
}

/// A disk that is too small, or gets so while an image comes: a real one, which takes the right to mount.
@Suite(.enabled(if: mayMount)) struct FullDiskTests {
    private func onASmallDisk(size: Int, _ body: (CacheFixture, FilePath) async throws -> Void) async throws {
        try await CacheFixture.run(size: size) { fixture in
            let disk = fixture.server.folder.appending("small")
            try FileManager.default.createDirectory(atPath: disk.string, withIntermediateDirectories: false)
            try await QemuTools.run("mount", ["-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", disk.string])
            let result: Result<Void, any Error>
            do { result = .success(try await body(fixture, disk)) } catch { result = .failure(error) }
            try await QemuTools.run("umount", [disk.string])
            try result.get()
        }
    }

    @Test func anImageThatCannotFitIsNotBegun() async throws {
        try await onASmallDisk(size: 5_000_000) { fixture, disk in
            let cache = fixture.cache(root: disk)
            let error = await #expect(throws: ImageStoreError.self) {
                try await fixture.fetch(fixture.reference(), with: cache)
            }
            guard case .diskFull(needed: 5_000_000, let free) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(free < 5_000_000)
            let requests = try await fixture.server.requests()
            #expect(requests.isEmpty)
        }
    }

    @Test func aDiskThatFillsUpIsToldAndTheDownloadGoesOnLater() async throws {
        try await onASmallDisk(size: 3_000_000) { fixture, disk in
            let cache = fixture.cache(root: disk)
            let log = ProgressLog()
            let reference = fixture.reference("pace=0.05")
            let task = Task { try await fixture.fetch(reference, with: cache, progress: log) }
            try await log.reached(300_000)
            let filler = disk.appending("filler")
            try await QemuTools.run("fallocate", ["-l", "2500000", filler.string])
            let error = await #expect(throws: ImageStoreError.self) { try await task.value }
            guard case .diskFull(let needed, let free) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(needed > free)
            try FileManager.default.removeItem(atPath: filler.string)
            let path = try await fixture.fetch(fixture.reference(), with: cache)
            #expect(try path.bytes == fixture.content)
            let requests = try await fixture.server.requests()
            #expect(requests.count == 2 && requests[1].range != nil)
        }
    }
}
