/// Where a session is and what comes next: the decisions alone, without any doing.
package struct SessionState: Sendable, Hashable {
    package private(set) var phase: SessionPhase
    package private(set) var reason: SessionReason?
    package private(set) var accelerator: Accelerator?
    /// The run that this state speaks of; `nil` while stopped.
    package private(set) var machine: MachineIdentifier?
    /// Whether the machine must end as soon as its start, which cannot be interrupted, has come to an end.
    private var endsAfterStart = false

    package init() {
        phase = .stopped
    }

    /// A session found again after the agent was away.
    package init(adopting machine: MachineIdentifier, _ condition: MachineCondition, accelerator: Accelerator?) {
        phase = condition == .running ? .running : .paused
        self.machine = machine
        self.accelerator = accelerator
    }

    /// A session whose machine ended while the agent was away, or that had none.
    package init(stopped reason: SessionReason?) {
        phase = .stopped
        self.reason = reason
    }

    package enum Event: Sendable, Hashable {
        case startRequested(MachineIdentifier)
        case imagesReady
        case machineStarted(Accelerator)
        case startFailed
        case pauseRequested(SessionReason)
        case pausedByHost
        case resumeRequested
        case resumedByHost
        /// The power button first.
        case stopRequested(SessionReason)
        /// Off at once.
        case offRequested(SessionReason)
        /// Nothing of the machine runs any more.
        case machineEnded(SessionReason)
    }

    package enum Action: Sendable, Hashable {
        case nothing
        case refuse
        case prepareImages
        case startMachine
        /// The start, or the wait for images, is to be given up.
        case giveUpStart
        case pauseMachine
        case resumeMachine
        case pressPowerButton
        case powerOff
        /// What a machine leaves behind is to be removed.
        case cleanUp
    }

    /// Takes an event and says what must be done for it.
    package mutating func handle(_ event: Event) -> Action {
        switch event {
        case .startRequested(let machine): begin(machine)
        case .imagesReady: advance(from: .preparing, to: .starting, then: .startMachine)
        case .machineStarted(let accelerator): started(accelerator)
        case .startFailed: failStart()
        case .pauseRequested(let reason): pause(reason)
        case .pausedByHost: note(.paused, from: .running)
        case .resumeRequested: phase == .paused ? .resumeMachine : .refuse
        case .resumedByHost: note(.running, from: .paused)
        case .stopRequested(let reason): stop(reason, gently: true)
        case .offRequested(let reason): stop(reason, gently: false)
        case .machineEnded(let reason): end(reason)
        }
    }

    private mutating func begin(_ machine: MachineIdentifier) -> Action {
        guard phase == .stopped else { return .refuse }
        phase = .preparing
        reason = nil
        self.machine = machine
        endsAfterStart = false
        return .prepareImages
    }

    private mutating func advance(from: SessionPhase, to next: SessionPhase, then action: Action) -> Action {
        guard phase == from else { return .giveUpStart }
        phase = next
        return action
    }

    private mutating func started(_ accelerator: Accelerator) -> Action {
        if endsAfterStart { return .powerOff }
        guard phase == .starting else { return .nothing }
        self.accelerator = accelerator
        phase = .running
        return .nothing
    }

    private mutating func failStart() -> Action {
        guard phase == .preparing || phase == .starting || endsAfterStart else { return .nothing }
        let ordered = phase == .stopping ? reason : nil
        return end(ordered ?? .startFailed)
    }

    private mutating func pause(_ reason: SessionReason) -> Action {
        guard phase == .running else { return .refuse }
        self.reason = reason
        return .pauseMachine
    }

    private mutating func note(_ next: SessionPhase, from: SessionPhase) -> Action {
        guard phase == from else { return .nothing }
        phase = next
        if next == .running { reason = nil }
        return .nothing
    }

    private mutating func stop(_ reason: SessionReason, gently: Bool) -> Action {
        switch phase {
        case .stopped:
            return .refuse
        case .preparing:
            phase = .stopping
            self.reason = reason
            endsAfterStart = true
            return .giveUpStart
        case .starting:
            phase = .stopping
            self.reason = reason
            endsAfterStart = true
            return .nothing
        case .running where gently:
            phase = .stopping
            self.reason = reason
            return .pressPowerButton
        case .running, .paused:
            // A paused guest cannot obey its power button.
            phase = .stopping
            self.reason = reason
            return .powerOff
        case .stopping:
            return gently || endsAfterStart ? .nothing : .powerOff
        }
    }

    private mutating func end(_ reason: SessionReason) -> Action {
        guard phase != .stopped else { return .nothing }
        // Why the stop was ordered says more than how the guest obeyed.
        let told = phase == .stopping ? (self.reason ?? reason) : reason
        self = SessionState(stopped: told)
        return .cleanUp
    }
}
