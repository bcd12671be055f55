import FoundationEssentials
import StrictJSON
import SystemPackage

/// The files that the library's tests read too.
enum Golden {
    private static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("Fixtures/wire")

    static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: folder.appending("\(name).json").string)))
    }

    static func value(_ name: String) throws -> JSONValue { try JSONValue(parsing: bytes(name)) }

    /// The names of all files of a kind.
    static func names(_ kind: String) throws -> Set<String> {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(kind).string)
        return Set(files.map { String($0.dropLast(".json".count)) })
    }
}

extension Golden {
    /// `docs/protocol.md`, line by line.
    static func protocolLines() throws -> [String] {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let data = try Data(contentsOf: URL(filePath: root.appending("docs/protocol.md").string))
        return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }
}
