import FoundationEssentials
import Linux
package import SystemPackage

/// A folder of JSON records, one file each, written so that a crash at any moment leaves the old or the new one.
///
/// A file that cannot be trusted or does not decode is set aside, and everything else goes on. Folder and files belong to the
/// user alone. Not shared between processes; each call reads or writes the disk.
package struct RecordFolder<Content: Record>: Sendable {
    private let folder: FilePath
    private let loss: Loss

    /// What the loss of a record means.
    package enum Loss: Sendable {
        /// Less is allowed, or something is asked or fetched once more.
        case harmless
        /// Something would be allowed that was forbidden: what is set aside is kept for ever, and a folder that is none is an error.
        case dangerous
    }

    /// What a folder held.
    package struct Loaded: Sendable {
        package let records: [Content]
        /// What was moved out of the way just now.
        package let setAside: [SetAside]
        /// Whose records lie set aside, from now or earlier.
        package let lost: Set<String>
    }

    package init(_ folder: FilePath, loss: Loss = .harmless) {
        self.folder = folder
        self.loss = loss
    }

    /// Every record that can be read; what cannot is set aside.
    package func load() throws(StorageError) -> Loaded {
        var setAside: [SetAside] = []
        if loss == .harmless, let status = try? FileStatus(atPath: folder.string), !status.isFolder {
            setAside.append(try SetAside.move(folder, as: .damaged))
        }
        try PrivateFolder.make(folder)
        var records: [Content] = []
        for name in try PrivateFolder.names(in: folder) {
            let path = folder.appending(name)
            if name.hasSuffix(".json") {
                switch read(path, named: name) {
                case .success(let record): records.append(record)
                case .failure(let fault): setAside.append(try move(path, as: fault.reason))
                }
            } else if name.hasSuffix(".json.new") {
                if let moved = try discard(path) { setAside.append(moved) }
            }
        }
        return Loaded(records: records, setAside: setAside, lost: Set(asideNames().map(\.identifier)))
    }

    /// One record; nil where there is none, or none that can be trusted.
    package func record(_ identifier: String) throws(StorageError) -> Content? {
        try PrivateFolder.make(folder)
        let path = path(of: identifier)
        guard try PrivateFolder.names(in: folder).contains("\(identifier).json") else { return nil }
        guard case .success(let record) = read(path, named: "\(identifier).json") else { return nil }
        return record
    }

    package func save(_ record: Content) throws(StorageError) {
        try PrivateFolder.make(folder)
        try PrivateFile.write(Self.encode(record), to: path(of: record.identifier))
    }

    /// Removes a record and what was set aside of it; one that is not there is no error.
    package func remove(_ identifier: String) throws(StorageError) {
        try PrivateFile.remove(path(of: identifier))
        for file in asideNames() where file.identifier == identifier {
            // What somebody keeps in a folder is for them to remove.
            let isFolder = (try? FileStatus(atPath: file.path.string))?.isFolder == true
            if isFolder { try PrivateFolder.remove(file.path) } else { try PrivateFile.remove(file.path) }
        }
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

    // MARK: What cannot be read

    private struct Fault: Error {
        let reason: SetAside.Reason
    }

    private func read(_ path: FilePath, named name: String) -> Result<Content, Fault> {
        do {
            let bytes = try PrivateFile.read(path, limit: 1 << 20)
            let record = try JSONDecoder().decode(Kept<Content>.self, from: Data(bytes)).record
            return "\(record.identifier).json" == name ? .success(record) : .failure(Fault(reason: .damaged))
        } catch is NewerSchema {
            return .failure(Fault(reason: .newer))
        } catch {
            // Why does not matter: it is kept beside for whoever wants to look.
            return .failure(Fault(reason: .damaged))
        }
    }

    private func move(_ path: FilePath, as reason: SetAside.Reason) throws(StorageError) -> SetAside {
        try SetAside.move(path, as: reason, keeping: loss == .harmless ? SetAside.kept : .max)
    }

    /// A file that a crash left half written was never a record; anything else of that name stands in the way of the next one.
    private func discard(_ path: FilePath) throws(StorageError) -> SetAside? {
        if (try? FileStatus(atPath: path.string))?.isFolder == true { return try move(path, as: .damaged) }
        try PrivateFile.remove(path)
        return nil
    }

    private func asideNames() -> [(identifier: String, path: FilePath)] {
        SetAside.all(in: folder).compactMap { file in
            guard let name = file.path.lastComponent.flatMap({ SetAside.originalName(of: $0.string) }),
                name.hasSuffix(".json")
            else { return nil }
            return (String(name.dropLast(".json".count)), file.path)
        }
    }

    private static func encode(_ record: Content) throws(StorageError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(Kept(record)))
        } catch {
            throw StorageError(operation: "encode", path: record.identifier, reason: "\(error)")
        }
    }
}
