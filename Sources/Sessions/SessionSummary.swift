/// What a page may know of one of its sessions.
package struct SessionSummary: Sendable, Hashable {
    package let identifier: SessionIdentifier
    package let name: String
    package let phase: SessionPhase
    /// Why the session is not running, where it is not and something ended or paused it.
    package let reason: SessionReason?
    /// What the running machine is driven by; `nil` while none runs.
    package let accelerator: Accelerator?
    package let hasDisplay: Bool
    package let ports: [UInt16]

    package init(
        identifier: SessionIdentifier, name: String, phase: SessionPhase, reason: SessionReason?,
        accelerator: Accelerator?, hasDisplay: Bool, ports: [UInt16]
    ) {
        self.identifier = identifier
        self.name = name
        self.phase = phase
        self.reason = reason
        self.accelerator = accelerator
        self.hasDisplay = hasDisplay
        self.ports = ports
    }
}

package enum SessionPhase: String, Sendable, Hashable, Codable {
    /// No machine; one may be started.
    case stopped
    /// Images are being fetched.
    case preparing
    case starting
    case running
    case paused
    /// The guest was asked to switch off.
    case stopping
}

/// Why a session is where it is.
package enum SessionReason: String, Sendable, Hashable, Codable {
    case stoppedByPage = "stopped-by-page"
    case stoppedByOwner = "stopped-by-owner"
    case pausedByPage = "paused-by-page"
    case pausedByOwner = "paused-by-owner"
    case guestPoweredOff = "guest-powered-off"
    /// Its process died or was killed.
    case machineCrashed = "machine-crashed"
    case lifetimeOver = "lifetime-over"
    /// No page of its site was open any more, and it may not run without one.
    case pageClosed = "page-closed"
    /// The last start did not succeed; the reply to it said why.
    case startFailed = "start-failed"
    case siteRevoked = "site-revoked"
}

/// What a page is told without having asked.
package enum SessionEvent: Sendable, Hashable {
    case changed(SessionSummary)
    /// The session is no more.
    case forgotten(SessionIdentifier)
    case progress(SessionIdentifier, StepProgress)
    case consent(ConsentStage)
}

/// The owner's window, seen from the page.
package enum ConsentStage: Sendable, Hashable {
    /// The question is on the owner's screen, or waits for its turn.
    case pending(ConsentIdentifier)
    case decided(ConsentIdentifier, allowed: Bool)
}

/// How far a long step has come.
package struct StepProgress: Sendable, Hashable {
    package let step: Step
    /// Done and in all, in bytes; `nil` for a step that has no measure.
    package let bytes: Int64?
    package let total: Int64?
    /// In bytes a second.
    package let rate: Int64?
    /// In seconds.
    package let remaining: Int?

    package enum Step: String, Sendable, Hashable {
        case downloading
        case starting
    }

    package init(step: Step, bytes: Int64? = nil, total: Int64? = nil, rate: Int64? = nil, remaining: Int? = nil) {
        self.step = step
        self.bytes = bytes
        self.total = total
        self.rate = rate
        self.remaining = remaining
    }
}
