import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

/// The AppArmor profiles parse; nothing here runs under them.
struct ProfileTests {
    private static let parser = "/usr/sbin/apparmor_parser"

    private func parse(_ text: String) async throws -> Bool {
        let file = FilePath(FileManager.default.temporaryDirectory.path).appending(UUID().uuidString)
        try text.write(toFile: file.string, atomically: false, encoding: .utf8)
        // A file that stays behind does no harm to the test's result.
        defer { try? FileManager.default.removeItem(atPath: file.string) }
        let result = try await Subprocess.run(
            .path(FilePath(Self.parser)),
            arguments: ["--skip-kernel-load", "--skip-read-cache", "--skip-cache", file.string], output: .discarded,
            error: .discarded)
        return result.terminationStatus.isSuccess
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: parser))) func theProfilesParse() async throws {
        let top = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let profiles = try String(
            contentsOfFile: top.appending("packaging/apparmor/lodger").string, encoding: .utf8)
        #expect(try await parse(profiles))
        #expect(try await !parse(profiles + "profile broken {"))
    }
}
