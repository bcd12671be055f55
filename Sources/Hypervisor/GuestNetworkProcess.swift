import FoundationEssentials
import Linux
import Sessions
import SystemPackage

/// The network of one machine: a process that lives as long as the machine and is found again by the lock that it holds.
struct GuestNetworkProcess: Sendable {
    let folder: MachineFolder
    let executable: FilePath

    /// Starts the process where none serves the machine.
    ///
    /// Returns when it has been loaded; it takes its time to make its sockets. One that is started twice ends by itself.
    func ensure(ports: [UInt16]) throws(Errno) {
        guard !ports.isEmpty, try ProcessLock.holder(of: folder.networkLock) == nil else { return }
        // It needs nothing of our environment but what its language's libraries may be found by.
        let inherited = ProcessInfo.processInfo.environment.filter { $0.key == "LD_LIBRARY_PATH" || $0.key == "LANG" }
        try DetachedProcess.start(
            executable, arguments: ["--folder", folder.path.string] + ports.flatMap { ["--port", "\($0)"] },
            environment: inherited, log: folder.networkLog)
    }

    /// Ends the process and returns when it is gone; none is no error.
    func end() throws(Errno) { try ProcessLock.endHolder(of: folder.networkLock) }
}
