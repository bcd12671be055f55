import Linux
import SystemPackage

/// Whether the daemon runs, and if not, whether its port is free.
package struct DoorCheck: Check {
    package enum Daemon: Sendable, Hashable {
        case running(port: UInt16)
        case stopped
        /// Something else is at its socket.
        case strange(String)
    }

    /// Who listens at a port.
    package enum Holder: Sendable, Hashable {
        /// The service manager of this user, which starts the daemon with the first page.
        case serviceManager
        case other(String)
    }

    private let port: UInt16
    /// Whether the daemon is installed as a service of the user's.
    private let hasService: Bool
    private let daemon: @Sendable () async -> Daemon
    private let holder: @Sendable (UInt16) -> Holder?

    package init(
        port: UInt16, hasService: Bool, daemon: @escaping @Sendable () async -> Daemon,
        holder: @escaping @Sendable (UInt16) -> Holder?
    ) {
        self.port = port
        self.hasService = hasService
        self.daemon = daemon
        self.holder = holder
    }

    package func examine() async -> Examination {
        var reason: String?
        switch await daemon() {
        case .running(let port): return .fact("daemon", "runs on port \(port)")
        case .strange(let text): reason = text
        case .stopped: break
        }
        let stopped = Finding(
            .daemonStopped, reason, command: hasService ? "systemctl --user start lodger.socket" : "lodger run")
        guard !portIsFree else { return Examination([stopped]) }
        switch holder(port) {
        case .serviceManager: return .fact("daemon", "starts with the first page")
        case .other(let name): return Examination([Finding(.portTaken, "port \(port), \(name)"), stopped])
        case nil: return Examination([Finding(.portTaken, "port \(port)"), stopped])
        }
    }

    private var portIsFree: Bool {
        for address in LoopbackAddress.allCases {
            do throws(Errno) {
                _ = try LoopbackListener(binding: address, port: port)
            } catch {
                // A computer without IPv6 has but one address.
                if error == .addressInUse { return false }
            }
        }
        return true
    }
}
