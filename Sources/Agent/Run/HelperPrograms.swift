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

    init() throws(Failure) {
        let daemon: FilePath
        do {
            daemon = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        } catch {
            throw Failure("/proc/self/exe cannot be read: \(error)")
        }
        window = TrustedProgram.consentWindow(besideDaemon: daemon)
        let folder = daemon.removingLastComponent()
        func program(_ name: String) -> FilePath {
            let beside = folder.appending(name)
            // Whatever hides it, it is not there for us.
            guard (try? FileStatus(atPath: beside.string)) == nil else { return beside }
            return folder.removingLastComponent().appending("libexec").appending("lodger").appending(name)
        }
        network = program("lodger-net")
        cage = Cage(builder: program("lodger-cage"))
    }
}
