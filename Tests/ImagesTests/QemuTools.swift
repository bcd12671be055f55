import FoundationEssentials
import Subprocess
import SystemPackage

/// Debian's `qemu-utils`, for making images and looking at ours.
enum QemuTools {
    struct Failure: Error {
        let status: TerminationStatus
        let output: String
    }

    @discardableResult
    static func run(_ tool: String, _ arguments: [String], in folder: FilePath? = nil) async throws -> String {
        let result = try await Subprocess.run(
            .name(tool), arguments: Arguments(arguments), workingDirectory: folder, output: .string(limit: 1 << 20),
            error: .combinedWithOutput)
        let output = result.standardOutput
        guard result.terminationStatus.isSuccess else {
            throw Failure(status: result.terminationStatus, output: output)
        }
        return output
    }

    @discardableResult
    static func img(_ arguments: String..., in folder: FilePath? = nil) async throws -> String {
        try await run("qemu-img", arguments, in: folder)
    }

    /// What `qemu-img info` says of a file.
    static func info(_ path: FilePath) async throws -> Info {
        let text = try await img("info", "--output=json", path.string)
        return try JSONDecoder().decode(Info.self, from: Data(text.utf8))
    }

    struct Info: Decodable {
        let format: String
        let virtualSize: Int64
        let backing: String?
        let backingFormat: String?

        enum CodingKeys: String, CodingKey {
            case format
            case virtualSize = "virtual-size"
            case backing = "backing-filename"
            case backingFormat = "backing-filename-format"
        }
    }
}

extension FilePath {
    var bytes: [UInt8] {
        get throws { [UInt8](try Data(contentsOf: URL(filePath: string))) }
    }

    func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: string)) }

    var exists: Bool { FileManager.default.fileExists(atPath: string) }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: string).sorted() }
    }

    var permissions: Int {
        get throws {
            let attributes = try FileManager.default.attributesOfItem(atPath: string)
            return (attributes[.posixPermissions] as? Int) ?? -1
        }
    }
}
