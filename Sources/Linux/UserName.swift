import Glibc

/// Names of users.
package enum UserName {
    /// As the system's user database has it; the number where it has none.
    package static func of(_ user: UInt32) -> String {
        guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return "\(user)" }
        return String(cString: name)
    }
}
