import Glibc
package import SystemPackage

/// What makes a change of files survive a crash.
package enum Durability {
    package static func sync(_ descriptor: CInt) throws(Errno) {
        guard fsync(descriptor) == 0 else { throw Errno(rawValue: errno) }
    }

    package static func syncFolder(_ path: String) throws(Errno) {
        let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        try sync(descriptor)
    }

    package static func rename(_ path: String, to other: String) throws(Errno) {
        guard Glibc.rename(path, other) == 0 else { throw Errno(rawValue: errno) }
    }

    package static func unlink(_ path: String) throws(Errno) {
        guard Glibc.unlink(path) == 0 else { throw Errno(rawValue: errno) }
    }
}
