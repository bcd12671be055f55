import CLinux
import Glibc
package import SystemPackage

/// Stream sockets that have a path.
package enum UnixStream {
    /// Connects, waiting at the most this long where the listener is behind with accepting.
    ///
    /// The caller owns the descriptor, which does not block.
    package static func connect(to path: FilePath, timeout: Duration) throws(Errno) -> CInt {
        let descriptor = try connectBlocking(to: path, timeout: timeout)
        guard lodger_set_nonblocking(descriptor) == 0 else {
            let reason = Errno(rawValue: errno)
            close(descriptor)
            throw reason
        }
        return descriptor
    }

    private static func connectBlocking(to path: FilePath, timeout: Duration) throws(Errno) -> CInt {
        let place = try open(path)
        defer { close(place) }
        var address = try address(FilePath("/proc/self/fd/\(place)"))
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        let (seconds, attoseconds) = timeout.components
        var patience = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                Glibc.connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let reason = Errno(rawValue: errno)
            close(descriptor)
            throw reason
        }
        return descriptor
    }

    /// A handle on the socket's own file.
    ///
    /// Whoever may write beside it could put a link there, and have us connect to what they themselves cannot reach.
    private static func open(_ path: FilePath) throws(Errno) -> CInt {
        let place = Glibc.open(path.string, 0o10000000 /* O_PATH */ | O_NOFOLLOW | O_CLOEXEC)
        guard place >= 0 else { throw Errno(rawValue: errno) }
        var status = stat()
        guard fstat(place, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
            close(place)
            throw .notSocket
        }
        return place
    }

    /// The address of a path; too long a one is an error, never cut.
    static func address(_ path: FilePath) throws(Errno) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.string.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < room, !bytes.contains(0) else { throw .fileNameTooLong }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }
}
