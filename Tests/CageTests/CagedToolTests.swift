import FoundationEssentials
import Linux
import Subprocess
import SystemPackage
import Testing
import Tools

@testable import Cage

/// Programs of others in a cage, on real files.
@Suite(.timeLimit(.minutes(1))) struct CagedToolTests {
    private static let images: FilePath = "/usr/bin/qemu-img"

    @Test func anImageIsDescribedAndConverted() async throws {
        try await withFolder { folder in
            let (image, copy) = (folder.appending("a.qcow2"), folder.appending("a.raw"))
            try await make(image, "1M")
            var policy = CagePolicy(program: Self.images)
            policy.reads = [image]
            #expect(try await output(["info", "--output=json", image.string], policy).contains(#""format": "qcow2""#))
            try Data().write(to: URL(filePath: copy.string))
            policy.writes = [copy]
            policy.limits = CageLimits(memory: 1 << 30, fileSize: 1 << 20, processorTime: 10)
            _ = try await output(["convert", "-f", "qcow2", "-O", "raw", image.string, copy.string], policy)
            #expect(try FileStatus(atPath: copy.string).size == 1 << 20)
        }
    }

    @Test func anImageThatNamesAnotherFileDoesNotReachIt() async throws {
        try await withFolder { folder in
            let (secret, image) = (folder.appending("secret"), folder.appending("a.qcow2"))
            try Data(count: 1 << 16).write(to: URL(filePath: secret.string))
            try await make(image, "-F", "raw", "-b", secret.string)
            var policy = CagePolicy(program: Self.images)
            policy.reads = [image]
            let arguments = ["info", "--backing-chain", image.string]
            await #expect(throws: CageFault.self) { try await output(arguments, policy) }
            policy.reads.append(secret)
            #expect(try await output(arguments, policy).contains("image: \(secret)"))
        }
    }

    @Test func aFileOverTheLimitIsNotWritten() async throws {
        try await withFolder { folder in
            let (image, copy) = (folder.appending("a.qcow2"), folder.appending("a.raw"))
            // 200 KiB that claim to be a terabyte.
            try await make(image, "1T")
            try Data().write(to: URL(filePath: copy.string))
            var policy = CagePolicy(program: Self.images)
            policy.reads = [image]
            policy.writes = [copy]
            policy.limits.fileSize = 1 << 20
            await #expect(throws: CageFault.self) {
                try await output(["convert", "-O", "raw", image.string, copy.string], policy)
            }
        }
    }

    @Test func memoryOverTheLimitIsNotGiven() async throws {
        var policy = CagePolicy(program: "/usr/bin/tail")
        policy.limits.memory = 64 << 20
        await #expect(throws: CageFault.self) { try await output(["/dev/zero"], policy) }
    }

    @Test func aProgramThatDoesNotEndIsEnded() async throws {
        let policy = CagePolicy(program: "/usr/bin/sleep")
        let begin = ContinuousClock.now
        await #expect(throws: CageFault.self) {
            try await CagedTool(try Self.cage()).output(of: ["50"], under: policy, limit: 1, within: .seconds(1))
        }
        #expect(ContinuousClock.now - begin < .seconds(30))
        var limited = CagePolicy(program: "/usr/bin/sh")
        limited.limits.processorTime = 1
        await #expect(throws: CageFault.self) { try await output(["-c", "while :; do :; done"], limited) }
    }

    @Test func outputOverTheLimitIsAnErrorAndNoMemoryOfOurs() async throws {
        let policy = CagePolicy(program: "/usr/bin/yes")
        await #expect(throws: CageFault.self) { try await output([], policy) }
    }

    @Test func whatIsNotNamedIsNotThere() async throws {
        try await withFolder { folder in
            let file = folder.appending("file")
            try Data("here".utf8).write(to: URL(filePath: file.string))
            var policy = CagePolicy(program: "/usr/bin/cat")
            await #expect(throws: CageFault.self) { try await output([file.string], policy) }
            await #expect(throws: CageFault.self) { try await output(["/etc/passwd"], policy) }
            policy.reads = [file]
            #expect(try await output([file.string], policy) == "here")
            // Reading is not writing.
            var writing = CagePolicy(program: "/usr/bin/truncate")
            writing.reads = [file]
            await #expect(throws: CageFault.self) { try await output(["-s", "0", file.string], writing) }
            writing.writes = [file]
            _ = try await output(["-s", "0", file.string], writing)
            // One program, and no other.
            let shell = CagePolicy(program: "/usr/bin/sh")
            await #expect(throws: CageFault.self) { try await output(["-c", "/usr/bin/true"], shell) }
        }
    }

    // MARK: Tools

    private static func cage() throws -> Cage {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return Cage(builder: FilePath(tests).removingLastComponent().appending("lodger-cage"))
    }

    private func output(_ arguments: [String], _ policy: CagePolicy) async throws -> String {
        try await CagedTool(try Self.cage()).output(
            of: arguments, under: policy, limit: 1 << 16, within: .seconds(30))
    }

    private func make(_ image: FilePath, _ words: String...) async throws {
        // The size comes last, options before the file.
        let arguments =
            words.count == 1
            ? ["create", "-q", "-f", "qcow2", image.string] + words
            : ["create", "-q", "-f", "qcow2"] + words + [image.string]
        let result = try await Subprocess.run(
            .path(Self.images), arguments: Arguments(arguments),
            output: .discarded, error: .string(limit: 4096))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
    }

    private func withFolder(_ body: (FilePath) async throws -> Void) async throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending(UUID().uuidString)
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        // A folder that stays behind does no harm to the test's result.
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        try await body(folder)
    }
}
