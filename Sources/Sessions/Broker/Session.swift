import FoundationEssentials
import MachineConfig

/// A session in memory: what is kept, where it is, and who looks at it.
struct Session {
    var record: SessionRecord
    var state: SessionState
    /// The connections that opened it: the only ones that may act on it.
    var attached: Set<ConnectionIdentifier> = []
    /// When its configuration was last verified.
    var verified: ContinuousClock.Instant?
    /// Since when no page of it is open.
    var abandoned: ContinuousClock.Instant?
    /// When the run began that goes on now; like the others on a clock that nobody sets.
    var began: ContinuousClock.Instant?

    var summary: SessionSummary {
        SessionSummary(
            identifier: record.session, name: record.configuration.name, phase: state.phase, reason: state.reason,
            accelerator: state.accelerator, hasDisplay: record.configuration.display,
            ports: record.configuration.ports)
    }
}
