import Glibc

/// Who this process is.
package enum ThisProcess {
    package static var identifier: Int32 { getpid() }

    package static var user: UInt32 { geteuid() }

    /// Root in fact or by a set-user-id bit.
    package static var isRoot: Bool { getuid() == 0 || geteuid() == 0 }

    /// Ends it; what was printed is written out first.
    package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
