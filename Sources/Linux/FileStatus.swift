import CLinux
import Glibc
package import SystemPackage

/// What `fstat` says of a file.
package struct FileStatus: Sendable {
    /// In bytes.
    package let size: Int64
    package let isFolder: Bool
    package let isFile: Bool
    /// Whether anybody may run it.
    package let isExecutable: Bool
    package let isOwnedByUs: Bool
    package let isOwnedByRoot: Bool
    package let othersMayWrite: Bool
    /// When the content changed, in nanoseconds since 1970.
    package let changed: Int64
    /// Whether anybody but the owner may do anything with it.
    package let isOpenToOthers: Bool

    package init(of descriptor: CInt) throws(Errno) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Errno(rawValue: errno) }
        self.init(status)
    }

    package init(atPath path: String) throws(Errno) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw Errno(rawValue: errno) }
        self.init(status)
    }

    private init(_ status: stat) {
        size = Int64(status.st_size)
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        isFile = status.st_mode & S_IFMT == S_IFREG
        isExecutable = status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH) != 0
        isOwnedByRoot = status.st_uid == 0
        isOwnedByUs = status.st_uid == geteuid()
        othersMayWrite = status.st_mode & (S_IWGRP | S_IWOTH) != 0
        changed = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        isOpenToOthers = status.st_mode & (S_IRWXG | S_IRWXO) != 0
    }
}
