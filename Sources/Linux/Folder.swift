import Glibc
package import SystemPackage

/// Folders by path.
package enum Folder {
    /// Makes a folder and its parents with mode 0700; one that exists is no error.
    package static func make(_ path: String) throws(Errno) {
        if mkdir(path, 0o700) == 0 { return }
        let reason = Errno(rawValue: errno)
        switch reason {
        case .fileExists:
            return
        case .noSuchFileOrDirectory:
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw reason }
            try make(String(path[..<slash]))
            if mkdir(path, 0o700) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
        default:
            throw reason
        }
    }

    /// The sorted names of what lies in a folder.
    package static func names(in path: String) throws(Errno) -> [String] {
        guard let stream = opendir(path) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes an empty folder.
    package static func remove(_ path: String) throws(Errno) {
        guard rmdir(path) == 0 else { throw Errno(rawValue: errno) }
    }

    /// The bytes that an ordinary user may still write where the folder lies.
    package static func freeSpace(at path: String) throws(Errno) -> Int64 {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw Errno(rawValue: errno) }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
