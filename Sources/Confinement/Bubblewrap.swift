import Cage
import SystemPackage

/// The outer wall: namespaces of its own in which nothing is mounted but what the policy names.
struct Bubblewrap {
    static let executable: FilePath = "/usr/bin/bwrap"

    let order: CageOrder
    /// Who goes on inside: this program, once more.
    let builder: FilePath

    /// In the cage the order is told again.
    static let inside = "--inside"

    var arguments: [String] {
        var words = namespaces + system
        // Programs in Swift read their arguments there; the inner wall closes it to all that need not.
        words += policy.ownProcesses ? ["--proc", "/proc"] : ["--ro-bind", "/proc", "/proc"]
        for device in ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"] {
            words += ["--dev-bind", device, device]
        }
        for device in policy.devices { words += ["--dev-bind-try", device.string, device.string] }
        for (path, option) in mounts { words += [option, path.string, path.string] }
        // What bubblewrap itself made to mount on.
        words += ["--remount-ro", "/"]
        return words + ["--", builder.string, Self.inside] + order.words
    }

    private var policy: CagePolicy { order.policy }

    private var namespaces: [String] {
        var words = ["--unshare-user", "--disable-userns", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
        words += ["--hostname", "cage", "--cap-drop", "ALL", "--new-session", "--chdir", "/"]
        if policy.network != .computer { words.append("--unshare-net") }
        if policy.ownProcesses { words.append("--unshare-pid") }
        if !policy.outlivesStarter { words.append("--die-with-parent") }
        return words
    }

    private var system: [String] {
        ["--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"]
            + ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    }

    /// Folders before what is in them, since a mount hides what lay there.
    private var mounts: [(FilePath, String)] {
        var options: [FilePath: String] = [:]
        for path in [builder, policy.program] + policy.reads { options[path] = "--ro-bind-try" }
        for path in policy.writes { options[path] = "--bind" }
        return options.filter { !$0.key.starts(with: "/usr") && !$0.key.starts(with: "/proc") }.map {
            ($0.key, $0.value)
        }.sorted {
            $0.0.string < $1.0.string
        }
    }
}
