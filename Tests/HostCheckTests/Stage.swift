import FoundationEssentials
import SystemPackage
import Testing

@testable import HostCheck

/// A folder with what a check looks at, made up by a test.
struct Stage {
    let folder: FilePath

    static func with(_ body: (Stage) async throws -> Void) async throws {
        let stage = Stage(folder: FilePath("/tmp/lodger-check-\(UUID().uuidString.prefix(8).lowercased())"))
        try FileManager.default.createDirectory(
            atPath: stage.folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // A folder that stays behind does no harm to the test's result.
        defer { try? FileManager.default.removeItem(atPath: stage.folder.string) }
        try await body(stage)
    }

    func path(_ name: String) -> FilePath { folder.pushing(FilePath(name)) }

    @discardableResult
    func write(_ text: String, to name: String) throws -> FilePath {
        let path = path(name)
        try FileManager.default.createDirectory(
            atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
        try text.write(toFile: path.string, atomically: false, encoding: .utf8)
        return path
    }

    /// A program that does these lines of a shell.
    func program(_ name: String, _ lines: String) throws -> FilePath {
        let path = try write("#!/bin/sh\n\(lines)\n", to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path.string)
        return path
    }
}

extension Check {
    /// What it finds, by its words.
    func words() async -> [String] { await examine().findings.map(\.kind.rawValue) }
}
