import Linux
package import SystemPackage

/// Files that belong to the user alone (mode 0600), replaced as a whole.
package enum PrivateFile {
    /// Refuses a file of another owner, one that others may write, and one over the limit.
    package static func read(_ path: FilePath, limit: Int) throws(StorageError) -> [UInt8] {
        try whilst("read", path) { () throws(Errno) in
            let file = try Errors.typed {
                // Without `nonBlocking`, opening a pipe of that name would wait for its other end.
                try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
            }
            defer { Self.close(file) }
            let status = try FileStatus(of: file.rawValue)
            guard status.isFile else { throw Errno.invalidArgument }
            guard status.isOwnedByUs, !status.othersMayWrite else { throw Errno.permissionDenied }
            guard status.size <= limit else { throw Errno.fileTooLarge }
            return try readAll(file, size: Int(status.size))
        }
    }

    /// Writes beside, makes it durable, then renames over: a crash leaves the old or the new content.
    package static func write(_ bytes: [UInt8], to path: FilePath) throws(StorageError) {
        try whilst("write", path) { () throws(Errno) in
            let temporary = FilePath("\(path.string).new")
            let file = try Errors.typed {
                try FileDescriptor.open(
                    temporary, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow],
                    permissions: .ownerReadWrite)
            }
            do throws(Errno) {
                try Errors.typed { _ = try file.writeAll(bytes) }
                try Durability.sync(file.rawValue)
            } catch {
                Self.close(file)
                // On a full disk every byte counts.
                try? Durability.unlink(temporary.string)
                throw error
            }
            Self.close(file)
            try Durability.rename(temporary.string, to: path.string)
            try Durability.syncFolder(path.removingLastComponent().string)
        }
    }

    package static func rename(_ path: FilePath, to other: FilePath) throws(StorageError) {
        try whilst("rename", path) { () throws(Errno) in try Durability.rename(path.string, to: other.string) }
    }

    /// Removes a file; one that is not there is no error.
    package static func remove(_ path: FilePath) throws(StorageError) {
        try whilst("remove", path) { () throws(Errno) in
            do throws(Errno) {
                try Durability.unlink(path.string)
            } catch {
                guard error == .noSuchFileOrDirectory else { throw error }
            }
        }
    }

    private static func readAll(_ file: FileDescriptor, size: Int) throws(Errno) -> [UInt8] {
        try Errors.typed {
            unsafe try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                while count < size {
                    let rest = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                    let got = unsafe try file.read(into: rest)
                    if got == 0 { break }
                    count += got
                }
            }
        }
    }

    /// A failure to close tells nothing more: what matters was made durable before.
    private static func close(_ file: FileDescriptor) { try? file.close() }
}
