import FoundationEssentials
import Logging
import Subprocess
import SystemPackage
import Testing

@testable import Hypervisor

struct BootImageTests {
    static let sources = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        .appending("Sources/Hypervisor/HardwareProbe")

    static var hasAssembler: Bool {
        ["/usr/bin/as", "/usr/bin/ld"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    @Test(.enabled(if: hasAssembler)) func theBytesAreWhatTheSourceGives() async throws {
        try await withTemporaryFolder { folder in
            let object = folder.appending("boot.o").string
            let image = folder.appending("boot.img").string
            try await run("/usr/bin/as", ["--64", "-o", object, Self.sources.appending("boot.s").string])
            try await run(
                "/usr/bin/ld", ["-m", "elf_x86_64", "-Ttext", "0x7c00", "--oformat", "binary", "-o", image, object])
            var expected = [UInt8](try Data(contentsOf: URL(filePath: image)))
            while expected.last == 0 { expected.removeLast() }
            #expect(BootImage.bytes == expected)
        }
    }

    private func run(_ tool: FilePath, _ arguments: [String]) async throws {
        let result = try await Subprocess.run(
            .path(tool), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 4096))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
    }
}
