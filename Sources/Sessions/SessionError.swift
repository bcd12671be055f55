package import MachineConfig
package import Storage
package import Trust

/// Why the broker refused or failed; what a page learns of it is chosen by the front that serves the page.
package enum SessionError: Error, Sendable {
    case source(SourceError, of: SourceKind)
    case trust(TrustError)
    case limit(LimitExceeded)
    case refused(ConsentAnswer)
    /// Another request of this site waits for the owner's answer.
    case busy
    /// The owner said no a moment ago; in seconds.
    case coolingDown(seconds: Int)
    case siteBlocked
    case images(ImageStoreError)
    case host(MachineHostError)
    case unknownSession
    /// The configuration names a session that was opened with another token than its own.
    case wrongToken
    case wrongPhase(SessionPhase)
    case noDisplay
    case unknownPort(UInt16)
    case ticketInvalid
    case storage(StorageError)
    case cancelled

    package enum SourceKind: Sendable {
        case configuration
        case siteDocument
    }
}
