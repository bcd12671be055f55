import Sessions
import Wire

extension SessionObject {
    init(_ summary: SessionSummary) {
        self.init(
            id: WireText(summary.identifier.description), name: summary.name, state: State(summary.phase),
            reason: summary.reason.map(Reason.init), accelerator: summary.accelerator.map(Accelerator.init),
            display: summary.hasDisplay, ports: summary.ports)
    }
}

extension SessionObject.State {
    init(_ phase: SessionPhase) {
        self =
            switch phase {
            case .stopped: .stopped
            case .preparing: .preparing
            case .starting: .starting
            case .running: .running
            case .paused: .paused
            case .stopping: .stopping
            }
    }
}

extension SessionObject.Reason {
    init(_ reason: SessionReason) {
        self =
            switch reason {
            case .stoppedByPage: .stoppedByPage
            case .stoppedByOwner: .stoppedByOwner
            case .pausedByPage: .pausedByPage
            case .pausedByOwner: .pausedByOwner
            case .guestPoweredOff: .guestPoweredOff
            case .machineCrashed: .machineCrashed
            case .lifetimeOver: .lifetimeOver
            case .pageClosed: .pageClosed
            case .startFailed: .startFailed
            case .siteRevoked: .siteRevoked
            }
    }
}

extension SessionObject.Accelerator {
    init(_ accelerator: Accelerator) {
        self =
            switch accelerator {
            case .kvm: .kvm
            case .tcg: .tcg
            }
    }
}
