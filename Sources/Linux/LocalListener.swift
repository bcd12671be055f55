import CLinux
import Glibc
package import SystemPackage

/// A socket with a path that listens for other processes of the same user.
package final class LocalListener: Sendable {
    private let descriptor: CInt
    private let path: FilePath

    /// Binds with mode 0600 and listens; a socket that lies there already is replaced.
    ///
    /// So the caller must know that no other process still listens there.
    package init(at path: FilePath) throws(Errno) {
        self.path = path
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        do throws(Errno) {
            let address = try UnixStream.address(path)
            unlink(path.string)
            // Permissions of a socket are those of its inode, which takes the descriptor's at bind.
            guard fchmod(descriptor, 0o600) == 0 else { throw Errno(rawValue: errno) }
            let result = withUnsafeBytes(of: address) { bytes in
                bind(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            }
            guard result == 0, chmod(path.string, 0o600) == 0, listen(descriptor, 16) == 0 else {
                throw Errno(rawValue: errno)
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        withdraw()
        close(descriptor)
    }

    /// Takes the path away, so that nobody comes who would not be served.
    package func withdraw() { unlink(path.string) }

    package func wait() async -> Readiness.Outcome { await Readiness.wait(for: descriptor, .reading) }

    /// The next connection that waits, if one does.
    package func accept() -> LocalConnection? {
        let connection = lodger_accept(descriptor)
        return connection < 0 ? nil : LocalConnection(owning: connection)
    }
}
