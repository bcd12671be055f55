package import SystemPackage

/// Whether bubblewrap builds the namespaces in which QEMU is confined, by letting it build some.
package struct ConfinementCheck: Check {
    private let bubblewrap: FilePath
    private let switches: FilePath

    package init(bubblewrap: FilePath = "/usr/bin/bwrap", switches: FilePath = "/proc/sys") {
        self.bubblewrap = bubblewrap
        self.switches = switches
    }

    package func examine() async -> Examination {
        let trial = ["--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--", "/bin/true"]
        return switch await ProgramRun.of(bubblewrap, trial) {
        case .done: .fact("bubblewrap", "builds namespaces")
        case .missing: .found(.bubblewrapMissing)
        case .failed(let reason): .found(.namespacesRefused, reason, command: command)
        }
    }

    /// The switch that is off, where it is one of those known.
    private var command: String? {
        let known: [(file: FilePath, off: String, on: String)] = [
            ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
            ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"),
            ("user/max_user_namespaces", "0", "user.max_user_namespaces=10000"),
        ]
        let first = known.first { TextFile.words(switches.pushing($0.file)).first.map { String($0) } == $0.off }
        return first.map { "sudo sysctl -w \($0.on)" }
    }
}
