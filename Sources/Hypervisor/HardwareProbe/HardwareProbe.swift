import Cage
import FoundationEssentials
import Linux
import Logging
import Sessions
import Storage
import Subprocess
import Synchronization
import SystemPackage

/// Finds out by doing whether KVM boots machines here.
///
/// That /dev/kvm opens says little: nested in some other virtualisation it opens and even runs instructions, and then QEMU
/// aborts, or a guest needs minutes for what emulation does in a moment. So a small boot image is run, by emulation and by KVM,
/// and KVM is used only where it finishes in about the same time.
final class HardwareProbe: Sendable {
    enum Outcome: Hashable, Sendable {
        case usable
        case unusable(HardwareObstacle)
    }

    private let emulator: FilePath
    /// Nil only where a test plays QEMU.
    private let cage: Cage?
    private let device: FilePath
    private let cacheFolder: FilePath
    private let records: RecordFolder<ProbeRecord>
    private let logger: Logger
    /// Of this process; what is good is also remembered on disk.
    private let known = Mutex<Outcome?>(nil)

    init(
        emulator: FilePath, cage: Cage?, device: FilePath = "/dev/kvm", cacheFolder: FilePath, logger: Logger
    ) {
        self.emulator = emulator
        self.cage = cage
        self.device = device
        self.cacheFolder = cacheFolder
        records = ProbeRecord.folder(in: cacheFolder)
        self.logger = logger
    }

    /// The answer, remembered as long as this computer's kernel, processor and QEMU stay the same.
    ///
    /// A bad answer is remembered only by this process, so that it can turn good.
    func outcome() async -> Outcome {
        if let outcome = known.withLock({ $0 }) { return outcome }
        return await outcomeAnew(trustingRecord: true)
    }

    /// The answer of now, found out by booting unless a record of an earlier boot is to be trusted.
    func outcomeAnew(trustingRecord: Bool = false) async -> Outcome {
        let outcome = await findOut(trustingRecord: trustingRecord)
        known.withLock { $0 = outcome }
        logger.info("hardware virtualisation", metadata: ["outcome": "\(outcome)"])
        return outcome
    }

    /// Takes a good answer back, because a real machine did not do well.
    func distrust(_ reason: String) {
        known.withLock { $0 = .unusable(.distrusted(reason)) }
        do throws(StorageError) {
            try records.remove(ProbeRecord.name)
        } catch {
            logger.warning("probe not forgotten", metadata: ["reason": "\(error)"])
        }
    }

    private func findOut(trustingRecord: Bool) async -> Outcome {
        do throws(Errno) {
            try Descriptor.tryOpening(device)
        } catch {
            return switch error {
            case .noSuchFileOrDirectory: .unusable(.absent)
            case .permissionDenied: .unusable(.forbidden)
            default: .unusable(.notOpening("\(error)"))
            }
        }
        let record = ProbeRecord(emulator: emulator)
        if trustingRecord, remembered() == record { return .usable }
        let outcome = await boot()
        if outcome == .usable { remember(record) }
        return outcome
    }

    private func remember(_ record: ProbeRecord) {
        do throws(StorageError) {
            try records.save(record)
        } catch {
            // It is found out again at the next start, which costs a moment.
            logger.warning("probe not remembered", metadata: ["reason": "\(error)"])
        }
    }

    private func remembered() -> ProbeRecord? {
        do throws(StorageError) {
            let loaded = try records.load()
            for file in loaded.setAside { logger.error("state set aside", metadata: file.metadata) }
            return loaded.records.first
        } catch {
            logger.warning("probe not remembered", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private func boot() async -> Outcome {
        let clock = ContinuousClock()
        let start = clock.now
        switch await run("tcg", processor: "max", limit: .seconds(20)) {
        case .finished: break
        case .failed(let reason): return .unusable(.emulatorFails(reason))
        case .tooSlow: return .unusable(.emulatorSlow)
        }
        let limit = max(.seconds(1), (clock.now - start) * 5)
        return switch await run("kvm", processor: "host", limit: limit) {
        case .finished: .usable
        case .failed(let reason): .unusable(.fails(reason))
        case .tooSlow: .unusable(.slow)
        }
    }

    private enum Run: Sendable {
        case finished
        case failed(String)
        case tooSlow
    }

    private func run(_ accelerator: String, processor: String, limit: Duration) async -> Run {
        let image = cacheFolder.appending("probe-\(UUID().uuidString).img")
        // A file that stays behind is a megabyte of zeros in a cache.
        defer { try? PrivateFile.remove(image) }
        let arguments = Self.arguments(accelerator, processor: processor, image: image)
        do {
            try PrivateFolder.make(cacheFolder)
            var bytes = BootImage.bytes
            bytes += repeatElement(0, count: BootImage.diskSize - bytes.count)
            try PrivateFile.write(bytes, to: image)
            return try await withThrowingTaskGroup(of: Run.self) { group in
                group.addTask { [self] in try await self.run(arguments, image: image) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return .tooSlow
                }
                // Ending the other one is what makes the first answer count.
                defer { group.cancelAll() }
                return try await group.next() ?? .tooSlow
            }
        } catch {
            return .failed("\(error)")
        }
    }

    private func run(_ arguments: [String], image: FilePath) async throws -> Run {
        var policy = CagePolicy(program: emulator)
        policy.reads = [image]
        policy.devices = [device]
        let arguments = cage?.arguments(policy, arguments) ?? arguments
        let result = try await Subprocess.run(
            .path(cage?.builder ?? emulator), arguments: Arguments(arguments), environment: .custom([:]),
            output: .discarded,
            error: .string(limit: 1 << 16))
        if result.terminationStatus == .exited(BootImage.success) { return .finished }
        let words = result.standardError.split(separator: "\n").last ?? "no reason given"
        return .failed("\(result.terminationStatus), \(words)")
    }

    /// A machine like those that pages get, and a door through which the boot image leaves.
    private static func arguments(_ accelerator: String, processor: String, image: FilePath) -> [String] {
        let file = BlockFile(filename: image.string)
        return [
            "-machine", "q35", "-accel", accelerator, "-cpu", processor, "-m", "64", "-nodefaults", "-no-user-config",
            "-display", "none", "-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
            "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
            "-blockdev", QEMUOption.json(file), "-blockdev", "driver=raw,node-name=disk,read-only=on,file=file",
            "-device", "virtio-blk-pci,drive=disk,bootindex=0",
        ]
    }

    private struct BlockFile: Encodable {
        let driver = "file"
        let nodeName = "file"
        let readOnly = true
        let filename: String

        enum CodingKeys: String, CodingKey {
            case driver
            case nodeName = "node-name"
            case readOnly = "read-only"
            case filename
        }
    }
}
