import FoundationEssentials
import Logging
import SystemPackage
import Testing

@testable import Hypervisor

/// The probe, with programs in QEMU's place that do what QEMU does where KVM is good, bad or a trap.
struct HardwareProbeTests {
    private static let qemu = "/usr/bin/qemu-system-x86_64"

    /// An emulator that notes each call and then runs these lines of a shell; `$how` is the accelerator it is asked for.
    private func emulator(in folder: FilePath, _ lines: String) throws -> FilePath {
        let path = folder.appending("emulator")
        let script = """
            #!/bin/sh
            how=$4
            echo "$how" >> '\(folder)/calls'
            \(lines)
            """
        try script.write(toFile: path.string, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path.string)
        return path
    }

    private func probe(_ emulator: FilePath, in folder: FilePath, device: FilePath = "/dev/null") -> HardwareProbe {
        HardwareProbe(
            emulator: emulator, cage: nil, device: device, cacheFolder: folder.appending("cache"),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func calls(in folder: FilePath) throws -> [Substring] {
        try String(contentsOfFile: folder.appending("calls").string, encoding: .utf8).split(separator: "\n")
    }

    /// The image itself boots: what the probe asks of KVM, real QEMU does in software.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: qemu)), .timeLimit(.minutes(1)))
    func theImageBootsAndLeavesThroughItsDoor() async throws {
        try await withTemporaryFolder { folder in
            let rewrite =
                #"for word; do shift; case $word in kvm) word=tcg;; host) word=max;; esac; set -- "$@" "$word"; done"#
            let emulator = try emulator(in: folder, "\(rewrite)\nexec \(Self.qemu) \"$@\"")
            #expect(await probe(emulator, in: folder).outcome() == .usable)
            #expect(try calls(in: folder) == ["tcg", "kvm"])
        }
    }

    @Test func aGoodAnswerIsRememberedUntilQEMUChanges() async throws {
        try await withTemporaryFolder { folder in
            let emulator = try emulator(in: folder, "exit 99")
            #expect(await probe(emulator, in: folder).outcome() == .usable)
            #expect(await probe(emulator, in: folder).outcome() == .usable)
            #expect(try calls(in: folder).count == 2)
            _ = try self.emulator(in: folder, "exit 99 # a newer one")
            #expect(await probe(emulator, in: folder).outcome() == .usable)
            #expect(try calls(in: folder).count == 4)
        }
    }

    @Test func whoAsksAnewIsNotAnsweredFromTheRecord() async throws {
        try await withTemporaryFolder { folder in
            let emulator = try emulator(in: folder, "exit 99")
            #expect(await probe(emulator, in: folder).outcome() == .usable)
            #expect(await probe(emulator, in: folder).outcomeAnew() == .usable)
            #expect(try calls(in: folder).count == 4)
        }
    }

    @Test func anAbortOfQEMUIsTheReasonAndIsNotRemembered() async throws {
        try await withTemporaryFolder { folder in
            let emulator = try emulator(
                in: folder, "[ \"$how\" = tcg ] && exit 99\necho 'error: failed to set MSR 0x10a' >&2\nkill -ABRT $$")
            let probe = probe(emulator, in: folder)
            guard case .unusable(let reason) = await probe.outcome() else {
                Issue.record("usable")
                return
            }
            #expect("\(reason)".contains("failed to set MSR 0x10a"))
            #expect(await probe.outcome() == .unusable(reason))
            #expect(try calls(in: folder).count == 2)
            _ = await self.probe(emulator, in: folder).outcome()
            #expect(try calls(in: folder).count == 4)
        }
    }

    @Test(.timeLimit(.minutes(1))) func kvmThatIsSlowerThanSoftwareIsNotUsed() async throws {
        try await withTemporaryFolder { folder in
            let emulator = try emulator(in: folder, "[ \"$how\" = tcg ] && exit 99\nexec sleep 60")
            let outcome = await probe(emulator, in: folder).outcome()
            #expect(outcome == .unusable(.slow))
        }
    }

    @Test func anotherExitThanTheDoorsIsNoSuccess() async throws {
        try await withTemporaryFolder { folder in
            let emulator = try emulator(in: folder, "[ \"$how\" = tcg ] && exit 99\nexit 0")
            guard case .unusable = await probe(emulator, in: folder).outcome() else {
                Issue.record("usable")
                return
            }
        }
    }

    @Test func withoutTheDeviceNothingIsRun() async throws {
        try await withTemporaryFolder { folder in
            let emulator = try emulator(in: folder, "exit 99")
            let outcome = await probe(emulator, in: folder, device: folder.appending("kvm")).outcome()
            #expect(outcome == .unusable(.absent))
            #expect(!FileManager.default.fileExists(atPath: folder.appending("calls").string))
        }
    }

    @Test func aRealMachineThatDidNotDoWellTakesTheAnswerBack() async throws {
        try await withTemporaryFolder { folder in
            let emulator = try emulator(in: folder, "exit 99")
            let probe = probe(emulator, in: folder)
            #expect(await probe.outcome() == .usable)
            probe.distrust("It died.")
            #expect(await probe.outcome() == .unusable(.distrusted("It died.")))
            // Another process finds out by itself.
            #expect(await self.probe(emulator, in: folder).outcome() == .usable)
            #expect(try calls(in: folder).count == 4)
        }
    }

    @Test func aDamagedRecordOnlyMeansToFindOutAgain() async throws {
        try await withTemporaryFolder { folder in
            let emulator = try emulator(in: folder, "exit 99")
            _ = await probe(emulator, in: folder).outcome()
            let file = folder.appending("cache/probe/hardware.json").string
            let whole = try #require(FileManager.default.contents(atPath: file))
            for end in stride(from: 0, to: whole.count, by: 29) {
                try whole.prefix(end).write(to: URL(filePath: file))
                #expect(await probe(emulator, in: folder).outcome() == .usable)
            }
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
            #expect(await probe(emulator, in: folder).outcome() == .usable)
            let runs = try calls(in: folder).count
            // What was found out in a damaged record's place is remembered.
            #expect(await probe(emulator, in: folder).outcome() == .usable)
            #expect(try calls(in: folder).count == runs)
        }
    }

    @Test func nothingButTheRecordStaysInTheCache() async throws {
        try await withTemporaryFolder { folder in
            _ = await probe(try emulator(in: folder, "exit 99"), in: folder).outcome()
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.appending("cache").string)
            #expect(left == ["probe"])
        }
    }
}
