import CLinux
import Glibc
package import SystemPackage

/// What is done with descriptors beside reading and writing.
package enum Descriptor {
    /// Whether a file opens for reading and writing.
    package static func tryOpening(_ path: FilePath) throws(Errno) {
        let descriptor = open(path.string, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        close(descriptor)
    }

    package static func setNonBlocking(_ descriptor: CInt) throws(Errno) {
        guard lodger_set_nonblocking(descriptor) == 0 else { throw Errno(rawValue: errno) }
    }

    package static func setCloseOnExec(_ descriptor: CInt) throws(Errno) {
        guard lodger_set_close_on_exec(descriptor) == 0 else { throw Errno(rawValue: errno) }
    }
}
