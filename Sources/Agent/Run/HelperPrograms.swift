import Cage
import Consent
import FoundationEssentials
import Linux
import SystemPackage

/// The programs of ours that the daemon starts: beside it when built, in `libexec` when installed.
struct HelperPrograms: Sendable {
    let window: FilePath?
    let network: FilePath
    let cage: Cage
    /// What root runs for `lodger setup`: only where a package has put it.
    let setup: FilePath

    init() throws(Failure) {
        let daemon: FilePath
        do {
            daemon = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        } catch {
            throw Failure("/proc/self/exe cannot be read: \(error)")
        }
        window = TrustedProgram.consentWindow(besideDaemon: daemon)
        let folder = daemon.removingLastComponent()
        let installed = folder.removingLastComponent().appending("libexec").appending("lodger")
        func program(_ name: String) -> FilePath {
            let beside = folder.appending(name)
            // Whatever hides it, it is not there for us.
            guard (try? FileStatus(atPath: beside.string)) == nil else { return beside }
            return installed.appending(name)
        }
        network = program("lodger-net")
        cage = Cage(builder: program("lodger-cage"))
        setup = installed.appending("lodger-setup-helper")
    }
}
