import FoundationEssentials
import Linux
package import Storage
package import SystemPackage

/// The record of what the owner decided: one JSON object a line, readable by the owner alone.
///
/// A full file is set aside with the ending `.1`, in the place of the one before it.
package actor AuditLog {
    private let path: FilePath
    /// In bytes.
    private let limit: Int64
    private let encoder = JSONEncoder()

    /// `limit` is the size, in bytes, at which a new file is begun.
    package init(_ path: FilePath, limit: Int64 = 1 << 20) {
        self.path = path
        self.limit = limit
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
    }

    /// Returns when the line survives a crash, with what had to be moved out of its way.
    @discardableResult
    package func record(_ entry: AuditEntry) throws(StorageError) -> [SetAside] {
        try PrivateFolder.make(path.removingLastComponent())
        var moved: [SetAside] = []
        if let stranger = try LineFile.clear(path) { moved.append(stranger) }
        if try LineFile.append(line(of: entry), to: path, durably: true) >= limit {
            let full = FilePath("\(path.string).1")
            if let stranger = try LineFile.clear(full) { moved.append(stranger) }
            try PrivateFile.rename(path, to: full)
        }
        return moved
    }

    private func line(of entry: AuditEntry) throws(StorageError) -> [UInt8] {
        do {
            return [UInt8](try encoder.encode(entry))
        } catch {
            throw StorageError(operation: "encode", path: path.string, reason: "\(error)")
        }
    }
}
