import CLinux
import Glibc

/// A group of users, and how this process stands to it.
package struct UserGroup: Sendable, Hashable {
    private let number: gid_t

    /// `nil` where there is no such group.
    package init?(named name: String) {
        guard let entry = getgrnam(name) else { return nil }
        number = entry.pointee.gr_gid
    }

    /// Whether the user database has the user of this process in it: so it is from the next login on.
    package var hasUser: Bool {
        guard let user = getpwuid(geteuid()) else { return false }
        var count: CInt = 1 << 10
        var groups = [gid_t](repeating: 0, count: Int(count))
        // More groups than that are not looked at.
        getgrouplist(user.pointee.pw_name, user.pointee.pw_gid, &groups, &count)
        return groups.prefix(max(0, min(Int(count), groups.count))).contains(number)
    }

    /// Whether this process has it.
    package var isOfThisProcess: Bool {
        if getegid() == number { return true }
        var groups = [gid_t](repeating: 0, count: 1 << 10)
        let count = getgroups(CInt(groups.count), &groups)
        return groups.prefix(max(0, Int(count))).contains(number)
    }

    /// Whether a file lets the group read and write it.
    package func mayUse(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_gid == number
            && status.st_mode & (S_IRGRP | S_IWGRP) == S_IRGRP | S_IWGRP
    }
}
