import Glibc

/// Who this process is.
package enum ThisProcess {
    package static var identifier: Int32 { getpid() }

    package static var user: UInt32 { geteuid() }

    /// Root in fact or by a set-user-id bit.
    package static var isRoot: Bool { getuid() == 0 || geteuid() == 0 }

    /// Lets it have so many descriptors, as far as its hard limit allows; gives what it may have now.
    ///
    /// The soft limit is 1024 for the sake of programs that use `select`.
    package static func wantDescriptors(_ count: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        if limit.rlim_cur < rlim_t(count) {
            var wanted = limit
            wanted.rlim_cur = min(rlim_t(count), limit.rlim_max)
            if setrlimit(resource, &wanted) == 0 { limit = wanted }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Ends it; what was printed is written out first.
    package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
