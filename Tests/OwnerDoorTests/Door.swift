import FoundationEssentials
import Linux
import Logging
import OwnerDoor
import SystemPackage
import Testing

/// An owner's door in a folder of its own.
enum Door {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Serves while the body runs.
    static func open(
        _ patience: OwnerServer.Patience = OwnerServer.Patience(), answer: @escaping OwnerServer.Answer,
        body: (FilePath) async throws -> Void
    ) async throws {
        let folder = try newFolder(made: true)
        defer { remove(folder) }
        let path = folder.appending("owner.sock")
        let server = try OwnerServer(at: path, patience: patience, logger: logger, answer: answer)
        try await withThrowingTaskGroup { group in
            group.addTask { await server.run() }
            try await body(path)
            group.cancelAll()
        }
    }

    static func newFolder(made: Bool = false) throws -> FilePath {
        let path = FilePath("/tmp/lodger-door-\(UUID().uuidString.prefix(8))")
        if made { try Folder.make(path.string) }
        return path
    }

    /// A folder that cannot be removed harms no other test.
    static func remove(_ folder: FilePath) { try? FileManager.default.removeItem(atPath: folder.string) }

    /// Binds and goes away without removing the socket.
    static func leaveSocket(at path: FilePath) throws {
        let beside = FilePath("\(path.string).bound")
        let listener = try LocalListener(at: beside)
        try Durability.rename(beside.string, to: path.string)
        withExtendedLifetime(listener) {}
    }

    /// Sends the text as it is and returns what comes back, at the most that many lines.
    static func say(_ text: String, to path: FilePath, lines: Int) async throws -> String {
        let connection = try LocalConnection(to: path, timeout: .seconds(1))
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // The other side may have had enough.
            guard let taken = try? connection.write(rest) else { break }
            rest = rest.dropFirst(taken)
            if taken == 0 { _ = await connection.wait(.writing, within: .seconds(1)) }
        }
        var reply: [UInt8] = []
        while reply.count(where: { $0 == UInt8(ascii: "\n") }) < lines {
            let bytes = await receive(from: connection)
            if bytes.isEmpty { break }
            reply += bytes
        }
        return String(decoding: reply, as: UTF8.self)
    }

    /// How many bytes come until the end, when nothing is read for a while first.
    static func readAll(from connection: LocalConnection, after pause: Duration) async throws -> Int {
        try await Task.sleep(for: pause)
        var count = 0
        while true {
            let bytes = await receive(from: connection)
            if bytes.isEmpty { return count }
            count += bytes.count
        }
    }

    /// What comes next; nothing at the end, which a reset is as well.
    private static func receive(from connection: LocalConnection) async -> [UInt8] {
        while await connection.wait(.reading, within: .seconds(20)) == .ready {
            do throws(Errno) {
                if let bytes = try connection.read(upTo: 65536) { return bytes }
            } catch {
                return []
            }
        }
        return []
    }
}
