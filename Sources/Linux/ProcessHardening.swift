import CLinux
import Glibc
package import SystemPackage

/// What a helper process gives up before it does anything.
package enum ProcessHardening {
    /// Closes every inherited descriptor but the standard three and gives up what no helper needs.
    ///
    /// For ever: new privileges by starting programs, core files, and being watched by other processes of the user. Files
    /// that it makes are the user's alone.
    package static func apply() throws(Errno) {
        try check(lodger_close_from(3))
        try check(lodger_forbid_privileges())
        try check(lodger_forbid_dumps())
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        try check(setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none))
        umask(0o077)
        // A reader that goes away is seen by write, which then fails.
        signal(SIGPIPE, SIG_IGN)
        endAtOnceInACrash()
    }

    /// Leaves crashes to the kernel: Swift's reporter of them may not look at a process that nobody may watch, and waits for ever.
    static func endAtOnceInACrash() {
        for crash in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(crash, SIG_DFL) }
    }

    /// No program that this process starts may ever be more than it is, whatever bits its file has.
    package static func forbidNewPrivileges() throws(Errno) { try check(lodger_forbid_privileges()) }

    private static func check(_ result: CInt) throws(Errno) {
        if result < 0 { throw Errno(rawValue: errno) }
    }
}
