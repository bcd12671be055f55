import Consent
import FoundationEssentials
import Linux
import SystemPackage

/// The programs of ours that the daemon starts: beside it when built, in `libexec` when installed.
struct HelperPrograms: Sendable {
    let window: FilePath?
    let network: FilePath

    init() throws(Failure) {
        let daemon: FilePath
        do {
            daemon = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        } catch {
            throw Failure("/proc/self/exe cannot be read: \(error)")
        }
        window = TrustedProgram.consentWindow(besideDaemon: daemon)
        let folder = daemon.removingLastComponent()
        let beside = folder.appending("lodger-net")
        // Whatever hides it, it is not there for us.
        network =
            (try? FileStatus(atPath: beside.string)) != nil
            ? beside
            : folder.removingLastComponent().appending("libexec").appending("lodger").appending("lodger-net")
    }
}
