import Agent
import FoundationEssentials
import Linux
import SystemPackage
import Testing

/// Where files lie, and that nobody else can put or read something there.
struct FoldersTests {
    @Test func theBaseDirectoriesAreFollowed() throws {
        let folders = try Folders(
            environment: [
                "HOME": "/home/anna", "XDG_RUNTIME_DIR": "/run/anna", "XDG_CONFIG_HOME": "/etc/anna",
                "XDG_STATE_HOME": "relative", "XDG_CACHE_HOME": "",
            ], user: 1000)
        #expect(folders.runtime == "/run/anna/lodger")
        #expect(folders.config == "/etc/anna/lodger")
        #expect(folders.state == "/home/anna/.local/state/lodger")
        #expect(folders.cache == "/home/anna/.cache/lodger")
    }

    @Test func withoutARuntimeFolderTheSystemsIsTaken() throws {
        let folders = try Folders(environment: ["HOME": "/home/anna"], user: 1000)
        #expect(folders.runtime == "/run/user/1000/lodger")
    }

    @Test func withoutAHomeThereIsNoPlace() {
        #expect(throws: Failure("HOME is not set to your home folder")) {
            try Folders(environment: ["XDG_RUNTIME_DIR": "/run/anna"], user: 1000)
        }
    }

    @Test func whatIsMissingIsMadeForTheUserAlone() throws {
        try Self.withBase { base, folders in
            try folders.make()
            for folder in [folders.runtime, folders.state, folders.cache] {
                #expect(try Self.mode(of: folder) == 0o700)
            }
            // What lies there already is no obstacle.
            try folders.make()
            #expect(!FileManager.default.fileExists(atPath: folders.config.string))
        }
    }

    @Test func aRuntimeFolderThatOthersMayEnterIsRefused() throws {
        try Self.withBase { base, folders in
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o750], ofItemAtPath: base.appending("run").string)
            #expect(throws: Failure.self) { try folders.make() }
            #expect(!FileManager.default.fileExists(atPath: folders.runtime.string))
        }
    }

    @Test func aStateFolderThatOthersMayReadIsRefused() throws {
        try Self.withBase { base, folders in
            try folders.make()
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folders.state.string)
            let error = try #require(throws: Failure.self) { try folders.make() }
            #expect(error.description.contains(folders.state.string))
        }
    }

    @Test func aMissingRuntimeFolderIsNotMade() throws {
        try Self.withBase { base, folders in
            try FileManager.default.removeItem(atPath: base.appending("run").string)
            let error = try #require(throws: Failure.self) { try folders.make() }
            #expect(error.description.contains("XDG_RUNTIME_DIR"))
        }
    }

    private static func withBase(_ body: (FilePath, Folders) throws -> Void) throws {
        let base = FilePath("/tmp/lodger-folders-\(UUID().uuidString.prefix(8))")
        try Folder.make(base.appending("run").string)
        // A folder that cannot be removed harms no other test.
        defer { try? FileManager.default.removeItem(atPath: base.string) }
        try body(
            base,
            Folders(
                environment: ["HOME": base.appending("home").string, "XDG_RUNTIME_DIR": base.appending("run").string],
                user: 1))
    }

    private static func mode(of path: FilePath) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions] as? Int
    }
}
