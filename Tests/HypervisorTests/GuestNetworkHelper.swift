import Hypervisor
import Linux
import SystemPackage

/// The network process of a machine, started as the host does.
struct GuestNetworkHelper {
    let settings: HypervisorSettings
    let folder: FilePath

    func start(port: UInt16) throws {
        try DetachedProcess.start(
            settings.network, arguments: ["--folder", folder.string, "--port", "\(port)"], environment: [:],
            log: folder.appending("net.log"))
    }
}
