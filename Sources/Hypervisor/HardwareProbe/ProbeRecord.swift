import FoundationEssentials
import Linux
import Storage
import SystemPackage

/// What a good answer of the probe was true for.
struct ProbeRecord: Record, Hashable {
    private let kernel: String
    private let processor: String
    private let emulator: String
    /// The emulator's file: size in bytes, and when it changed in nanoseconds since 1970.
    private let size: Int64
    private let changed: Int64

    init(emulator: FilePath) {
        kernel = Self.firstLine(of: "/proc/sys/kernel/osrelease")
        processor = Self.processorModel()
        self.emulator = emulator.string
        // Where the file cannot be looked at it does not run either.
        let status = try? FileStatus(atPath: emulator.string)
        size = status?.size ?? 0
        changed = status?.changed ?? 0
    }

    /// There is one for this computer.
    static let name = "hardware"

    var identifier: String { Self.name }

    static func folder(in cache: FilePath) -> RecordFolder<ProbeRecord> { RecordFolder(cache.appending("probe")) }

    private static func processorModel() -> String {
        let lines = text(of: "/proc/cpuinfo").split(separator: "\n")
        return lines.first { $0.hasPrefix("model name") }.map { String($0) } ?? ""
    }

    private static func firstLine(of path: String) -> String {
        text(of: path).split(separator: "\n").first.map { String($0) } ?? ""
    }

    private static func text(of path: String) -> String {
        // The kernel's own files are there wherever KVM is; without them the record is only less exact.
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}
