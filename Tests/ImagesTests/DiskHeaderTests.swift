import FoundationEssentials
import HTTPSFixture
import Images
import MachineConfig
import SystemPackage
import Testing

/// Images as QEMU's own tool makes them, and what becomes of those that reach for other files.
@Suite struct DiskHeaderTests {
    private static let capacity: Int64 = 64 << 20

    /// How to make an image, in a folder that holds a file `secret`.
    struct Recipe: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var format = DiskFormat.qcow2
        var steps: [[String]]
        /// Bytes that are changed afterwards.
        var patch: [Int: UInt8] = [:]
        var expected = ""
    }

    private static func create(_ name: String, _ options: String..., expected: String = "") -> Recipe {
        Recipe(
            testDescription: name, steps: [["create", "-f", "qcow2"] + options + ["disk", "16M"]], expected: expected)
    }

    private static func patched(_ name: String, _ patch: [Int: UInt8], expected: String) -> Recipe {
        Recipe(
            testDescription: name, steps: [["create", "-f", "qcow2", "disk", "16M"]], patch: patch, expected: expected)
    }

    private static func foreign(_ format: String, as declared: DiskFormat = .raw, _ options: String...) -> Recipe {
        Recipe(
            testDescription: "\(format) declared \(declared)", format: declared,
            steps: [["create", "-f", format] + options + ["disk", "16M"]], expected: "begin")
    }

    static let plain: [Recipe] = [
        create("version 3"), create("version 2", "-o", "compat=0.10"), create("lazy counts", "-o", "lazy_refcounts=on"),
        create("small clusters", "-o", "cluster_size=512"), create("large clusters", "-o", "cluster_size=2M"),
        create("zstd", "-o", "compression_type=zstd"), create("counts of 1 bit", "-o", "refcount_bits=1"),
        create("counts of 64 bits", "-o", "refcount_bits=64"), create("preallocated", "-o", "preallocation=metadata"),
        Recipe(
            testDescription: "compressed",
            steps: [["create", "-f", "raw", "other", "1M"], ["convert", "-c", "-O", "qcow2", "other", "disk"]]),
        Recipe(
            testDescription: "as large as declared",
            steps: [["create", "-f", "qcow2", "disk", "\(capacity)"]]),
        Recipe(testDescription: "raw", format: .raw, steps: [["create", "-f", "raw", "disk", "\(capacity)"]]),
        Recipe(
            testDescription: "a fixed VHD is raw with a tail", format: .raw,
            steps: [["create", "-f", "vpc", "-o", "subformat=fixed", "disk", "16M"]]),
    ]

    static let refused: [Recipe] = [
        create("backing file", "-b", "secret", "-F", "raw", expected: "backing file"),
        create("backing file of version 2", "-o", "compat=0.10", "-b", "secret", "-F", "raw", expected: "backing file"),
        create("data file", "-o", "data_file=other", expected: "another file"),
        create("raw data file", "-o", "data_file=other,data_file_raw=on", expected: "another file"),
        create("extended L2", "-o", "extended_l2=on", expected: "extended L2"),
        Recipe(
            testDescription: "encrypted",
            steps: [
                [
                    "create", "-f", "qcow2", "--object", "secret,id=s,data=abc123", "-o",
                    "encrypt.format=aes,encrypt.key-secret=s", "disk", "16M",
                ]
            ], expected: "encrypted"),
        Recipe(
            testDescription: "snapshot",
            steps: [["create", "-f", "qcow2", "disk", "16M"], ["snapshot", "-c", "one", "disk"]], expected: "snapshots"),
        Recipe(
            testDescription: "bitmap",
            steps: [["create", "-f", "qcow2", "disk", "16M"], ["bitmap", "--add", "disk", "one"]], expected: "not known"
        ),
        Recipe(
            testDescription: "60 TiB", steps: [["create", "-f", "qcow2", "disk", "60T"]], expected: "over the declared"),
        Recipe(
            testDescription: "one sector too many", steps: [["create", "-f", "qcow2", "disk", "\(capacity + 512)"]],
            expected: "over the declared"),
        patched("dirty", [79: 1], expected: "closed properly"), patched("corrupt", [79: 2], expected: "corrupt"),
        patched("data file bit", [79: 4], expected: "another file"),
        patched("compression bit", [79: 8], expected: "compression"),
        patched("unknown incompatible bit", [79: 32], expected: "not known"),
        patched("highest incompatible bit", [72: 0x80], expected: "not known"),
        patched("unknown compatible bit", [87: 2], expected: "not known"),
        patched("autoclear bit", [95: 2], expected: "not known"),
        patched("backing offset", [15: 1], expected: "backing file"),
        patched("backing offset beyond 32 bits", [8: 0x80], expected: "backing file"),
        patched("backing length", [19: 1], expected: "backing file"),
        patched("LUKS inside", [35: 2], expected: "encrypted"), patched("version 4", [7: 4], expected: "version"),
        patched("version 1", [7: 1], expected: "version"),
        patched("clusters of 256", [23: 8], expected: "cluster size"),
        patched("clusters of 4 MiB", [23: 22], expected: "cluster size"),
        patched("empty", [24: 0, 28: 0, 29: 0, 30: 0, 31: 0], expected: "holds nothing"),
        patched("negative size", [24: 0xFF], expected: "over the declared"),
        patched("giant table", [36: 0x10], expected: "table"), patched("no table", [39: 0], expected: "table"),
        patched("table outside", [40: 0x7F], expected: "inside the file"),
        patched("table in the header", [45: 0], expected: "inside the file"),
        patched("unaligned table", [47: 8], expected: "inside the file"),
        patched("counts outside", [48: 0x7F], expected: "inside the file"),
        patched("giant counts", [57: 0xFF], expected: "reference counts"),
        patched("counts of 128 bits", [99: 7], expected: "reference counts"),
        patched("long header", [101: 1], expected: "unknown length"),
        patched("short header", [103: 80], expected: "length"),
        patched("backing format extension", [112: 0xE2, 113: 0x79, 114: 0x2A, 115: 0xCA], expected: "backing file"),
        patched("data file extension", [112: 0x44, 113: 0x41, 114: 0x54, 115: 0x41], expected: "data file"),
        patched("unknown extension", [112: 0x12], expected: "extension"),
        patched("endless extension", [116: 0xFF], expected: "cut short"),
        foreign("qcow2"), foreign("qcow"), foreign("qed"), foreign("vdi"), foreign("vhdx"), foreign("vpc"),
        foreign("vmdk"), foreign("vmdk", "-o", "subformat=monolithicFlat"),
        foreign("vmdk", "-o", "subformat=twoGbMaxExtentSparse"), foreign("parallels"),
        foreign("raw", as: .qcow2), foreign("vmdk", as: .qcow2), foreign("qcow", as: .qcow2).expecting("version"),
        Recipe(
            testDescription: "LUKS declared raw", format: .raw, steps: [["create", "-f", "raw", "disk", "16M"]],
            patch: [0: 0x4C, 1: 0x55, 2: 0x4B, 3: 0x53, 4: 0xBA, 5: 0xBE], expected: "begin"),
        Recipe(
            testDescription: "raw over its capacity", format: .raw,
            steps: [["create", "-f", "raw", "disk", "\(capacity + 1024)"]], expected: "capacity"),
    ]

    private func check(_ recipe: Recipe) async throws {
        try await TestFolder.run { folder in
            try folder.appending("secret").write(Array("password".utf8))
            for step in recipe.steps { try await QemuTools.run("qemu-img", step, in: folder) }
            var bytes = try folder.appending("disk").bytes
            for (offset, byte) in recipe.patch { bytes[offset] = byte }
            try DiskHeader.check(
                Array(bytes.prefix(DiskHeader.length)), size: Int64(bytes.count), format: recipe.format,
                capacity: Self.capacity)
        }
    }

    @Test(arguments: plain) func aPlainImageIsTaken(recipe: Recipe) async throws {
        try await check(recipe)
    }

    @Test(arguments: refused) func anImageThatIsMoreThanADiskIsRefused(recipe: Recipe) async throws {
        let fault = await #expect(throws: FormatFault.self) { try await check(recipe) }
        let words = try #require(fault).description
        #expect(words.contains(recipe.expected), "\(words)")
    }

    @Test(arguments: [
        "# Disk DescriptorFile\nversion=1\nRW 1 FLAT \"/etc/passwd\" 0\n", "\n  # DISK descriptorfile\r\n",
        "# a comment\n\n   version=1\nRW 1 FLAT \"/etc/passwd\" 0\n", "conectix", "#!/bin/sh\n#V2.0 Format\n",
    ])
    func aTextThatNamesExtentsIsNoRawDisk(text: String) {
        let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 1024)
        #expect(throws: FormatFault.self) {
            try DiskHeader.check(bytes, size: Int64(bytes.count), format: .raw, capacity: Self.capacity)
        }
    }

    @Test func everyPrefixOfAHeaderIsRefusedOrTakenWithoutACrash() async throws {
        try await TestFolder.run { folder in
            try await QemuTools.img("create", "-f", "qcow2", folder.appending("disk").string, "16M")
            let bytes = try folder.appending("disk").bytes
            for count in 0..<104 {
                #expect(throws: FormatFault.self) {
                    try DiskHeader.check(
                        Array(bytes.prefix(count)), size: Int64(count), format: .qcow2, capacity: Self.capacity)
                }
            }
            for offset in 0..<512 {
                for byte: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                    var changed = bytes
                    changed[offset] = byte
                    // Taken or refused: it only has to come back.
                    try? DiskHeader.check(
                        changed, size: Int64(changed.count), format: .qcow2, capacity: Self.capacity)
                }
            }
        }
    }
}

extension DiskHeaderTests.Recipe {
    func expecting(_ words: String) -> Self {
        var copy = self
        copy.expected = words
        return copy
    }
}
