import Linux
package import SystemPackage

/// Folders that belong to the user alone (mode 0700).
package enum PrivateFolder {
    /// Makes the folder and its parents where they are missing; refuses one of another owner or open to others.
    package static func make(_ path: FilePath) throws(StorageError) {
        try whilst("make", path) { () throws(Errno) in
            try Folder.make(path.string)
            let status = try FileStatus(atPath: path.string)
            guard status.isFolder, status.isOwnedByUs, !status.othersMayWrite else { throw Errno.permissionDenied }
        }
    }

    /// Removes a folder that is empty.
    package static func remove(_ path: FilePath) throws(StorageError) {
        try whilst("remove", path) { () throws(Errno) in try Folder.remove(path.string) }
    }

    /// The names of what lies in the folder, sorted.
    package static func names(in path: FilePath) throws(StorageError) -> [String] {
        try whilst("list", path) { () throws(Errno) in try Folder.names(in: path.string) }
    }
}

/// Turns the system's reason into an error that names the file.
func whilst<Value>(
    _ operation: String, _ path: FilePath, _ body: () throws(Errno) -> Value
) throws(StorageError) -> Value {
    do {
        return try body()
    } catch {
        throw StorageError(operation: operation, path: path, error)
    }
}

enum Errors {
    /// Gives the system package's calls, which throw only `Errno`, their type.
    static func typed<Value>(_ body: () throws -> Value) throws(Errno) -> Value {
        do {
            return try body()
        } catch let error as Errno {
            throw error
        } catch {
            throw Errno.ioError
        }
    }
}
