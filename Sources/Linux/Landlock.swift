import CLinux
import Glibc
package import SystemPackage

/// What this process, and all that it starts, may still reach of the file system: the kernel's Landlock.
///
/// Older kernels know less of it; what one does not know is left out. Not even the newest says anything about connecting to
/// unix sockets by path, so this is an addition to a mount namespace and no replacement for one.
package struct Landlock: ~Copyable {
    /// What may be done with a file, or with all that is beneath a folder.
    package enum Access: Sendable {
        case read
        case readAndRun
        /// Everything ordinary: neither devices nor symbolic links can be made, by which others could be led astray.
        case write
        /// Reading, writing and controlling.
        case device
    }

    private let ruleset: CInt
    private let handled: UInt64

    /// Nil where the kernel has no Landlock, or it is switched off.
    package init?(network: Bool) throws(Errno) {
        let version = lodger_landlock_version()
        guard version > 0 else { return nil }
        handled = Self.known(to: version)
        var rules = lodger_landlock_rules(files: handled, network: 0, scopes: 0)
        // TCP: binding and connecting.
        if version >= 4, !network { rules.network = 0b11 }
        // Abstract unix sockets and signals of processes outside.
        if version >= 6 { rules.scopes = 0b11 }
        ruleset = lodger_landlock_create(&rules)
        guard ruleset >= 0 else { throw Errno(rawValue: errno) }
    }

    deinit { close(ruleset) }

    /// A path that is not there is allowed nothing.
    package borrowing func allow(_ access: Access, _ path: FilePath) throws(Errno) {
        let descriptor = open(path.string, O_CLOEXEC | 0o10000000 /* O_PATH */)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw Errno(rawValue: errno)
        }
        defer { close(descriptor) }
        var rights = access.rights & handled
        if try !FileStatus(of: descriptor).isFolder { rights &= Right.ofFiles }
        var rule = lodger_landlock_path(access: rights, parent: descriptor)
        guard lodger_landlock_allow(ruleset, &rule) == 0 else { throw Errno(rawValue: errno) }
    }

    /// From now on, for ever.
    ///
    /// New privileges must have been given up before.
    package borrowing func enforce() throws(Errno) {
        guard lodger_landlock_enforce(ruleset) == 0 else { throw Errno(rawValue: errno) }
    }

    private static func known(to version: CInt) -> UInt64 {
        var rights = Right.ofTheFirst
        if version >= 2 { rights |= Right.refer }
        if version >= 3 { rights |= Right.truncate }
        if version >= 5 { rights |= Right.control }
        return rights
    }

    /// Bits of the kernel's interface.
    fileprivate enum Right {
        static let run: UInt64 = 1 << 0
        static let writeFile: UInt64 = 1 << 1
        static let readFile: UInt64 = 1 << 2
        static let readFolder: UInt64 = 1 << 3
        static let remove: UInt64 = 1 << 4 | 1 << 5
        static let makeFolder: UInt64 = 1 << 7
        static let makeFile: UInt64 = 1 << 8
        static let makeSocket: UInt64 = 1 << 9
        static let refer: UInt64 = 1 << 13
        static let truncate: UInt64 = 1 << 14
        static let control: UInt64 = 1 << 15
        /// All that the first version knew.
        static let ofTheFirst: UInt64 = 1 << 13 - 1
        static let ofFiles = run | writeFile | readFile | truncate | control
    }
}

extension Landlock.Access {
    fileprivate var rights: UInt64 {
        typealias Right = Landlock.Right
        let read = Right.readFile | Right.readFolder
        return switch self {
        case .read: read
        case .readAndRun: read | Right.run
        case .write:
            read | Right.writeFile | Right.truncate | Right.refer | Right.remove | Right.makeFolder | Right.makeFile
                | Right.makeSocket
        case .device: read | Right.writeFile | Right.control
        }
    }
}
