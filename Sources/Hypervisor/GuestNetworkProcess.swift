import Cage
import FoundationEssentials
import Linux
import Sessions
import SystemPackage

/// The network of one machine: a process that lives as long as the machine and is found again by the lock that it holds.
struct GuestNetworkProcess: Sendable {
    let folder: MachineFolder
    let settings: HypervisorSettings

    /// Starts the process where none serves the machine, and says whether it did.
    ///
    /// Returns when it has been loaded; it takes its time to make its sockets. One that is started twice ends by itself.
    @discardableResult func ensure(for machine: DomainMetadata) throws(Errno) -> Bool {
        guard machine.hasNetwork, try isMissing() else { return false }
        // It needs nothing of our environment but what its language's libraries may be found by.
        let inherited = ProcessInfo.processInfo.environment.filter { $0.key == "LD_LIBRARY_PATH" || $0.key == "LANG" }
        var policy = CagePolicy(networkIn: folder, executable: settings.network, reachesOut: machine.reachesOut)
        if machine.reachesOut, let accounts = settings.trafficFolder {
            try Folder.make(accounts.string)
            policy.writes.append(accounts)
        }
        try DetachedProcess.start(
            settings.cage.builder, arguments: settings.cage.arguments(policy, arguments(for: machine)),
            environment: inherited, log: folder.networkLog)
        return true
    }

    private func isMissing() throws(Errno) -> Bool { try ProcessLock.holder(of: folder.networkLock) == nil }

    /// Whether a process has served the machine and does so no more.
    func hasDied() throws(Errno) -> Bool {
        do throws(Errno) {
            _ = try FileStatus(atPath: folder.networkLock.string)
        } catch {
            guard error == .noSuchFileOrDirectory else { throw error }
            return false
        }
        return try isMissing()
    }

    /// Ends the process and returns when it is gone; none is no error.
    func end() throws(Errno) { try ProcessLock.endHolder(of: folder.networkLock) }

    private func arguments(for machine: DomainMetadata) -> [String] {
        var arguments = ["--folder", folder.path.string] + machine.ports.flatMap { ["--port", "\($0)"] }
        guard machine.reachesOut else { return arguments }
        arguments += machine.hosts.flatMap { ["--host", DomainMetadata.text(of: $0)] }
        if machine.internet { arguments.append("--internet") }
        if let rate = settings.networkRate { arguments += ["--rate", "\(rate)"] }
        if let accounts = settings.trafficFolder {
            arguments += ["--traffic", accounts.string, "--session", machine.session.description]
        }
        return arguments
    }
}
