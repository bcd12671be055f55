import Fetch
import FoundationEssentials
import HTTPSFixture
import Images
import Logging
import MachineConfig
import OpenSSL
import Sessions
import SystemPackage
import Testing

/// The writable layers that we write ourselves, judged by QEMU's own tools.
@Suite(.serialized) struct OverlayTests {
    private func cache(_ folder: FilePath) -> ImageCache {
        ImageCache(
            folder: folder.appending("images"), overlays: folder.appending("overlays"),
            fetch: GuardedFetch(settings: FetchSettings()), logger: Logger(label: "test"))
    }

    /// Puts a file into the cache as if it had been fetched.
    private func put(_ bytes: [UInt8], into folder: FilePath) throws -> FilePath {
        let place = folder.appending("images/sha256")
        try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
        let path = place.appending(Digest.sha256(bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        try path.write(bytes)
        return path
    }

    @Test(
        arguments: [
            (16 << 20, 16 << 20), (1 << 20, 5_000_000_001), (1 << 20, 512), (1 << 20, 8 << 40),
            (1 << 20, (512 << 20) + 1),
        ] as [(Int, Int64)])
    func qemuFindsTheLayerSoundAndOfTheRightSize(base: Int, capacity: Int64) async throws {
        try await TestFolder.run { folder in
            let path = try put([UInt8](repeating: 7, count: base), into: folder)
            let overlay = try await cache(folder).makeOverlay(
                over: path, format: .raw, capacity: capacity, for: MachineIdentifier(), disk: 0)
            try await QemuTools.img("check", "-f", "qcow2", overlay.string)
            let info = try await QemuTools.info(overlay)
            #expect(info.format == "qcow2")
            #expect(info.virtualSize == (capacity + 511) / 512 * 512)
            #expect(info.backing == path.string)
            #expect(info.backingFormat == "raw")
            #expect(try overlay.permissions == 0o600)
        }
    }

    @Test(arguments: [DiskFormat.raw, .qcow2])
    func writesStayInTheLayerAndReadsReachTheBase(format: DiskFormat) async throws {
        try await TestFolder.run { folder in
            let file = folder.appending("base")
            try await QemuTools.img("create", "-f", format.rawValue, file.string, "16M")
            try await QemuTools.run("qemu-io", ["-f", format.rawValue, "-c", "write -P 170 1M 64k", file.string])
            let bytes = try file.bytes
            let path = try put(bytes, into: folder)
            let overlay = try await cache(folder).makeOverlay(
                over: path, format: format, capacity: 32 << 20, for: MachineIdentifier(), disk: 0)
            let output = try await QemuTools.run(
                "qemu-io",
                [
                    "-f", "qcow2", "-c", "read -P 170 1M 64k", "-c", "write -P 85 1088k 1M", "-c",
                    "write -P 86 20M 8M", overlay.string,
                ])
            #expect(!output.contains("failed"))
            let again = try await QemuTools.run(
                "qemu-io",
                [
                    "-f", "qcow2", "-c", "read -P 170 1M 64k", "-c", "read -P 85 1088k 1M", "-c", "read -P 86 20M 8M",
                    "-c", "read -P 0 8M 4M", "-c", "read -P 0 28M 4M", overlay.string,
                ])
            #expect(!again.contains("failed"))
            try await QemuTools.img("check", "-f", "qcow2", overlay.string)
            #expect(try path.bytes == bytes)
        }
    }

    @Test func aLayerIsMadeOnceAndOnlyOverTheCachesOwnImages() async throws {
        try await TestFolder.run { folder in
            let cache = cache(folder)
            let machine = MachineIdentifier()
            let path = try put([1, 2, 3], into: folder)
            _ = try await cache.makeOverlay(over: path, format: .raw, capacity: 512, for: machine, disk: 0)
            await #expect(throws: ImageStoreError.self) {
                try await cache.makeOverlay(over: path, format: .raw, capacity: 512, for: machine, disk: 0)
            }
            for stranger in ["/etc/passwd", "\(folder)/images/sha256/../../secret", "\(folder)/images/sha256/passwd"] {
                await #expect(throws: ImageStoreError.self) {
                    try await cache.makeOverlay(
                        over: FilePath(stranger), format: .raw, capacity: 512, for: machine, disk: 1)
                }
            }
            await #expect(throws: ImageStoreError.self) {
                try await cache.makeOverlay(over: path, format: .raw, capacity: 0, for: machine, disk: 1)
            }
        }
    }

    @Test func layersGoWithTheirMachines() async throws {
        try await TestFolder.run { folder in
            let cache = cache(folder)
            let path = try put([1, 2, 3], into: folder)
            let machines = (0..<3).map { _ in MachineIdentifier() }
            for machine in machines {
                for disk in 0..<2 {
                    _ = try await cache.makeOverlay(over: path, format: .raw, capacity: 512, for: machine, disk: disk)
                }
            }
            let overlays = folder.appending("overlays")
            #expect(try overlays.names == machines.map(\.description).sorted())
            #expect(try overlays.appending(machines[0].description).permissions == 0o700)

            try await cache.removeOverlays(of: machines[0])
            try await cache.removeOverlays(of: machines[0])
            #expect(try overlays.names == machines[1...].map(\.description).sorted())

            try overlays.appending("not-a-machine").write([])
            try await cache.removeOverlays(except: [machines[2]])
            #expect(try overlays.names == [machines[2].description, "not-a-machine"].sorted())
            #expect(path.exists)
        }
    }

    @Test func anImageBelowAMachinesDiskIsNotRemoved() async throws {
        try await TestFolder.run { folder in
            let path = try put([1, 2, 3], into: folder)
            let digest = try #require(path.lastComponent.flatMap { SHA256Digest($0.string) })
            let machine = MachineIdentifier()
            _ = try await cache(folder).makeOverlay(over: path, format: .raw, capacity: 512, for: machine, disk: 0)

            let later = cache(folder)
            await #expect(throws: ImageRemovalError.inUse) { try await later.remove(digest) }
            try await later.removeOverlays(of: machine)
            await #expect(throws: ImageRemovalError.inUse) { try await later.remove(digest, inUse: [digest]) }
            try await later.remove(digest)
            #expect(!path.exists)
            await #expect(throws: ImageRemovalError.unknownImage) { try await later.remove(digest) }
        }
    }
}
