import CLinux
import Glibc
package import SystemPackage

/// Flags of descriptors.
package enum Descriptor {
    package static func setNonBlocking(_ descriptor: CInt) throws(Errno) {
        guard lodger_set_nonblocking(descriptor) == 0 else { throw Errno(rawValue: errno) }
    }

    package static func setCloseOnExec(_ descriptor: CInt) throws(Errno) {
        guard lodger_set_close_on_exec(descriptor) == 0 else { throw Errno(rawValue: errno) }
    }
}
