import FoundationEssentials
import SystemPackage
import Testing

@testable import HostCheck

/// Each finding about memory, disks and folders.
struct ResourceChecksTests {
    private func memory(available: Int, group: String = "0::/user.slice/mine\n", _ limits: [String: (Int, Int)] = [:])
        async throws -> [String]
    {
        var words: [String] = []
        try await Stage.with { (stage: Stage) async throws in
            let facts = try stage.write(
                "MemTotal: 16000000 kB\nMemAvailable: \(available * 1024) kB\n", to: "meminfo")
            for (name, (most, used)) in limits {
                try stage.write("\(most << 20)\n", to: "cgroup/\(name)/memory.max")
                try stage.write("\(used << 20)\n", to: "cgroup/\(name)/memory.current")
            }
            try stage.write("max\n", to: "cgroup/user.slice/mine/memory.max")
            let check = MemoryCheck(
                facts: facts, ownGroup: try stage.write(group, to: "own"), groups: stage.path("cgroup"))
            words = await check.words()
        }
        return words
    }

    @Test func tooLittleMemoryIsFound() async throws {
        #expect(try await memory(available: 300) == ["memory-short"])
        #expect(try await memory(available: 8000) == [])
    }

    @Test func aControlGroupAboveCounts() async throws {
        #expect(try await memory(available: 8000, ["user.slice": (1000, 900)]) == ["memory-short"])
        #expect(try await memory(available: 8000, ["user.slice": (2000, 900)]) == ["memory-limited"])
        #expect(try await memory(available: 8000, ["user.slice": (9000, 900)]) == [])
    }

    private func folder(
        _ use: FolderCheck.Use, mount: String? = nil, free: Int64 = 100 << 30, mode: Int = 0o700
    ) async throws -> [String] {
        var words: [String] = []
        try await Stage.with { (stage: Stage) async throws in
            try stage.write("", to: "drive/file")
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: stage.path("drive").string)
            let line = mount.map { "2 1 0:5 / \(stage.path("drive")) \($0)\n" } ?? ""
            let mounts = Mounts("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n\(line)")
            // As the daemon, the check does not need the folder itself to be there; sockets do.
            let path = use == .sockets ? stage.path("drive") : stage.path("drive/new/lodger")
            let check = FolderCheck(path, for: use, mounts: mounts, freeSpace: { _ throws(Errno) in free })
            words = await check.words()
            let left = try FileManager.default.contentsOfDirectory(atPath: stage.path("drive").string)
            #expect(left == ["file"])
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: stage.path("drive").string)
        }
        return words
    }

    @Test func aFolderLikeMostIsFine() async throws {
        for use in [FolderCheck.Use.state, .cache, .temporary, .home, .sockets] {
            #expect(try await folder(use) == [])
        }
    }

    /// Root may write everywhere, so there it proves nothing.
    @Test(.enabled(if: !isRoot)) func aFolderThatMayNotBeWrittenIsFound() async throws {
        #expect(try await folder(.state, mode: 0o500) == ["folder-not-writable"])
    }

    @Test func aFileSystemThatIsMountedReadOnlyIsFound() async {
        let check = FolderCheck(
            "/usr", for: .state, mounts: Mounts(""), write: { _ throws(Errno) in throw .readOnlyFileSystem })
        #expect(await check.words() == ["folder-read-only"])
    }

    @Test func aDiskWithoutRoomIsFound() async throws {
        #expect(try await folder(.state, free: 100 << 20) == ["disk-full"])
        #expect(try await folder(.cache, free: 2 << 30) == ["disk-short"])
        #expect(try await folder(.temporary, free: 0) == [])
    }

    @Test func disksOnTheNetworkOrInMemoryAreFound() async throws {
        #expect(try await folder(.state, mount: "rw - nfs4 server:/home rw") == ["folder-on-network"])
        #expect(try await folder(.state, mount: "rw - tmpfs none rw") == ["folder-in-memory"])
        #expect(try await folder(.cache, mount: "rw - tmpfs none rw") == [])
    }

    @Test func aMountWithoutProgramsIsFound() async throws {
        #expect(try await folder(.home, mount: "rw,nosuid,noexec - ext4 /dev/sdb rw") == ["folder-without-programs"])
        #expect(try await folder(.temporary, mount: "rw,noexec - tmpfs none rw") == ["folder-without-programs"])
        #expect(try await folder(.sockets, mount: "rw,noexec - tmpfs none rw") == [])
    }

    @Test func aRuntimeFolderThatOthersMayEnterIsFound() async throws {
        #expect(try await folder(.sockets, mode: 0o755) == ["runtime-folder-unusable"])
        #expect(await FolderCheck("/nowhere/run", for: .sockets).words() == ["runtime-folder-unusable"])
    }

    @Test func theLastOfSeveralMountsAtAPlaceCounts() throws {
        let mounts = Mounts(
            "1 0 8:1 / / rw - ext4 a rw\n2 1 0:5 / /home rw - ext4 b rw\n3 2 0:6 / /home rw,noexec shared:1 - xfs c rw\n"
        )
        #expect(mounts.mount(of: "/home/me")?.kind == "xfs")
        #expect(mounts.mount(of: "/homestead")?.kind == "ext4")
    }
}
