import Linux
package import SystemPackage

/// Files of the user's own that grow by a line at a time.
package enum LineFile {
    /// Moves what is not a file of the user's alone out of the way.
    package static func clear(_ path: FilePath) throws(StorageError) -> SetAside? {
        // A file that is not there is in nobody's way.
        guard let status = try? FileStatus(atPath: path.string) else { return nil }
        if status.isFile, status.isOwnedByUs, !status.othersMayWrite { return nil }
        return try SetAside.move(path, as: .damaged)
    }

    /// Adds a line and gives the file's new size; `durably` returns only when the line survives a loss of power.
    ///
    /// A line that a crash cut is closed first, so that it spoils no other.
    package static func append(
        _ line: [UInt8], to path: FilePath, durably: Bool
    ) throws(StorageError) -> Int64 {
        try whilst("write", path) { () throws(Errno) in
            let file = try Errors.typed {
                try FileDescriptor.open(
                    path, .readWrite, options: [.append, .create, .closeOnExec, .noFollow, .nonBlocking],
                    permissions: .ownerReadWrite)
            }
            // A failure to close tells nothing more: what matters was made durable before.
            defer { try? file.close() }
            let status = try FileStatus(of: file.rawValue)
            guard status.isFile, status.isOwnedByUs, !status.othersMayWrite else { throw Errno.permissionDenied }
            let whole = try (isCut(file, size: status.size) ? [newline] : []) + line + [newline]
            try Errors.typed { _ = try file.writeAll(whole) }
            if durably {
                try Durability.sync(file.rawValue)
                if status.size == 0 { try Durability.syncFolder(path.removingLastComponent().string) }
            }
            return status.size + Int64(whole.count)
        }
    }

    private static let newline = UInt8(ascii: "\n")

    private static func isCut(_ file: FileDescriptor, size: Int64) throws(Errno) -> Bool {
        guard size > 0 else { return false }
        return try Errors.typed {
            try unsafe [UInt8](unsafeUninitializedCapacity: 1) { buffer, count in
                count = unsafe try file.read(fromAbsoluteOffset: size - 1, into: UnsafeMutableRawBufferPointer(buffer))
            } != [newline]
        }
    }
}
