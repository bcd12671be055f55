import FoundationEssentials
import Linux
import Storage
import SystemPackage

/// What a good answer of the probe was true for.
struct ProbeRecord: Hashable, Codable {
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

    static func path(in folder: FilePath) -> FilePath { folder.appending("hardware.json") }

    static func read(from folder: FilePath) -> ProbeRecord? {
        // A record that is missing or damaged only means to find out again.
        guard let bytes = try? PrivateFile.read(path(in: folder), limit: 1 << 16) else { return nil }
        return try? JSONDecoder().decode(ProbeRecord.self, from: Data(bytes))
    }

    func write(to folder: FilePath) throws(StorageError) {
        do {
            let bytes = [UInt8](try JSONEncoder().encode(self))
            try PrivateFolder.make(folder)
            try PrivateFile.write(bytes, to: Self.path(in: folder))
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(operation: "encode", path: Self.path(in: folder).string, reason: "\(error)")
        }
    }

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
