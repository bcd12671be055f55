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

    /// Returns when the line survives a crash.
    package func record(_ entry: AuditEntry) throws(StorageError) {
        try PrivateFolder.make(path.removingLastComponent())
        if try append(line(of: entry)) >= limit {
            try PrivateFile.rename(path, to: FilePath("\(path.string).1"))
        }
    }

    private func line(of entry: AuditEntry) throws(StorageError) -> [UInt8] {
        do {
            return [UInt8](try encoder.encode(entry)) + [0x0A]
        } catch {
            throw StorageError(operation: "encode", path: path.string, reason: "\(error)")
        }
    }

    /// The file's new size.
    private func append(_ line: [UInt8]) throws(StorageError) -> Int64 {
        do {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.append, .create, .closeOnExec, .noFollow], permissions: .ownerReadWrite)
            return try file.closeAfter {
                let status = try FileStatus(of: file.rawValue)
                guard status.isFile, status.isOwnedByUs, !status.othersMayWrite else { throw Errno.permissionDenied }
                try file.writeAll(line)
                try Durability.sync(file.rawValue)
                return status.size + Int64(line.count)
            }
        } catch {
            throw StorageError(operation: "write", path: path.string, reason: "\(error)")
        }
    }
}
