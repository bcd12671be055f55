import CLinux
import Glibc
package import SystemPackage

extension ProcessHardening {
    /// What a daemon gives up whose children need the rest: core files, being watched, files that others can read.
    package static func applyToDaemon() throws(Errno) {
        guard lodger_forbid_dumps() == 0 else { throw Errno(rawValue: errno) }
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else { throw Errno(rawValue: errno) }
        umask(0o077)
        // A reader that goes away is seen by write, which then fails.
        signal(SIGPIPE, SIG_IGN)
        endAtOnceInACrash()
    }
}
