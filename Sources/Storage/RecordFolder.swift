import FoundationEssentials
import Linux
package import SystemPackage

/// A record that a folder keeps: its file is named by `identifier`.
package protocol Record: Codable, Sendable {
    /// Letters, digits, `-` and `_` only; anything else is a programming error.
    var identifier: String { get }
}

/// A folder of JSON records, one file each, written so that a crash at any moment leaves the old or the new one.
///
/// A file that cannot be trusted or does not decode is set aside with the ending `.damaged`, and everything else goes on. Folder and files
/// belong to the user alone. Not shared between processes; each call reads or writes the disk.
package struct RecordFolder<Content: Record>: Sendable {
    private let folder: FilePath

    package init(_ folder: FilePath) { self.folder = folder }

    /// Every record that can be read, and the names of files that were set aside.
    package func load() throws(StorageError) -> (records: [Content], setAside: [String]) {
        try PrivateFolder.make(folder)
        var records: [Content] = []
        var setAside: [String] = []
        for name in try PrivateFolder.names(in: folder) where name.hasSuffix(".json") {
            let path = folder.appending(name)
            do throws(StorageError) {
                let bytes = try PrivateFile.read(path, limit: 1 << 20)
                if let record = Self.decode(bytes), "\(record.identifier).json" == name {
                    records.append(record)
                    continue
                }
            } catch {
                // Too large, or not ours alone: as untrustworthy as one that does not decode.
            }
            try PrivateFile.rename(path, to: folder.appending(name + ".damaged"))
            setAside.append(name)
        }
        return (records, setAside)
    }

    /// One record; nil where there is none, or none that can be trusted.
    package func record(_ identifier: String) throws(StorageError) -> Content? {
        try PrivateFolder.make(folder)
        let path = path(of: identifier)
        guard try PrivateFolder.names(in: folder).contains("\(identifier).json") else { return nil }
        return Self.decode(try PrivateFile.read(path, limit: 1 << 20))
    }

    package func save(_ record: Content) throws(StorageError) {
        try PrivateFolder.make(folder)
        try PrivateFile.write(Self.encode(record), to: path(of: record.identifier))
    }

    /// Removes a record; one that is not there is no error.
    package func remove(_ identifier: String) throws(StorageError) {
        try PrivateFile.remove(path(of: identifier))
    }

    private func path(of identifier: String) -> FilePath {
        precondition(
            !identifier.isEmpty
                && identifier.utf8.allSatisfy { byte in
                    (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                        || byte == 0x2D || byte == 0x5F
                }, "a record's identifier is a file name")
        return folder.appending(identifier + ".json")
    }

    private static func decode(_ bytes: [UInt8]) -> Content? {
        // Why a file does not decode does not matter: it is kept beside for whoever wants to look.
        try? JSONDecoder().decode(Content.self, from: Data(bytes))
    }

    private static func encode(_ record: Content) throws(StorageError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(record))
        } catch {
            throw StorageError(operation: "encode", path: record.identifier, reason: "\(error)")
        }
    }
}
