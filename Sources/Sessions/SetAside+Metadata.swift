package import Logging
package import Storage

extension SetAside {
    /// What the log says beside "state set aside".
    package var metadata: Logger.Metadata { ["file": "\(path)", "reason": "\(reason.rawValue)"] }
}
