import FoundationEssentials
import Logging
import MachineConfig
import SystemPackage

extension SessionBroker {
    /// Fetches what is missing and starts the machine; returns when its processor runs.
    package func start(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> SessionSummary {
        try await settle()
        try attached(session, over: connection)
        let machine = MachineIdentifier()
        try act(.startRequested(machine), on: session, expecting: .prepareImages)
        return try await LogContext.with(session: session) { () async throws(SessionError) in
            try await self.bringUp(machine, of: session, over: connection)
        }
    }

    private func bringUp(
        _ machine: MachineIdentifier, of session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> SessionSummary {
        do throws(SessionError) {
            try await authoriseAgain(session, over: connection)
            try checkLimits(of: session)
            let specification = try await prepare(machine, for: session)
            try act(.imagesReady, on: session, expecting: .startMachine)
            try await launch(specification, for: session)
        } catch {
            tell(.startFailed, of: session, ["reason": error.word])
            logger.info("start failed", metadata: ["session": "\(session)", "reason": "\(error.forTheLog)"])
            if handle(.startFailed, on: session) == .cleanUp { await cleanUp(machine, of: session) }
            throw error
        }
        return try summary(of: session)
    }

    package func pause(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> SessionSummary {
        try await settle()
        let machine = try attached(session, over: connection).state.machine
        try act(.pauseRequested(.pausedByPage), on: session, expecting: .pauseMachine)
        if let machine { try await asking { () throws(MachineHostError) in try await host.pause(machine) } }
        _ = handle(.pausedByHost, on: session)
        return try summary(of: session)
    }

    package func resume(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> SessionSummary {
        try await settle()
        let state = try attached(session, over: connection).state
        // What the owner paused is for the owner to resume.
        if state.reason == .pausedByOwner { throw .wrongPhase(state.phase) }
        try act(.resumeRequested, on: session, expecting: .resumeMachine)
        if let machine = state.machine {
            try await asking { () throws(MachineHostError) in try await host.resume(machine) }
        }
        _ = handle(.resumedByHost, on: session)
        return try summary(of: session)
    }

    /// The power button first, then off; returns when nothing of the machine is left.
    ///
    /// A session that has no machine is no error.
    package func stop(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> SessionSummary {
        try await settle()
        try attached(session, over: connection)
        await end(session, because: .stoppedByPage, gently: true)
        return try summary(of: session)
    }

    /// Stops the machine at once and removes the session.
    package func forget(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) {
        try await settle()
        try attached(session, over: connection)
        await end(session, because: .stoppedByPage, gently: false)
        try remove(session)
    }

    /// Ends what runs for a session, whoever wants it; returns when nothing is left.
    func end(_ session: SessionIdentifier, because reason: SessionReason, gently: Bool) async {
        await LogContext.with(session: session) { await self.endKnown(session, because: reason, gently: gently) }
    }

    private func endKnown(_ session: SessionIdentifier, because reason: SessionReason, gently: Bool) async {
        guard let current = sessions[session], current.state.phase != .stopped else { return }
        let ended = endings.wait(for: session)
        let action = handle(gently ? .stopRequested(reason) : .offRequested(reason), on: session)
        switch action {
        case .pressPowerButton:
            await press(current.state.machine, of: session)
            if await finishes(ended, within: rules.powerButtonPatience) { return }
            if handle(.offRequested(reason), on: session) == .powerOff { await powerOff(session) }
        case .powerOff:
            await powerOff(session)
        case .giveUpStart:
            abandonedStarts.release(session)
            await finish(ended)
        case .nothing, .refuse, .prepareImages, .startMachine, .pauseMachine, .resumeMachine, .cleanUp:
            // Somebody else's stop, or a start that cannot be interrupted, is on its way to the same end.
            await finish(ended)
        }
    }

    private func press(_ machine: MachineIdentifier?, of session: SessionIdentifier) async {
        guard let machine else { return }
        do {
            try await host.pressPowerButton(machine)
        } catch {
            logger.warning("no power button", metadata: ["session": "\(session)", "reason": "\(error)"])
        }
    }

    private func powerOff(_ session: SessionIdentifier) async {
        guard let machine = sessions[session]?.state.machine else { return }
        if handle(.machineEnded(.stoppedByPage), on: session) == .cleanUp { await cleanUp(machine, of: session) }
    }

    /// Starts the machine of a session whose images are here.
    private func launch(
        _ specification: MachineSpecification, for session: SessionIdentifier
    ) async throws(SessionError) {
        try change(session) { record in
            record.machine = specification.identifier
            record.started = Date()
            record.reason = nil
            if record.consent == .once { record.consent = .spent }
        }
        sessions[session]?.began = .now
        tell(session, .progress(session, StepProgress(step: .starting)))
        let started = try await asking { () throws(MachineHostError) in try await host.start(specification) }
        tell(
            .machineStarted, of: session,
            ["machine": "\(specification.identifier)", "accelerator": started.accelerator.rawValue])
        try change(session) { $0.accelerator = started.accelerator }
        switch handle(.machineStarted(started.accelerator), on: session) {
        case .powerOff:
            throw .cancelled
        case .nothing, .refuse, .prepareImages, .startMachine, .giveUpStart, .pauseMachine, .resumeMachine,
            .pressPowerButton, .cleanUp:
            guard sessions[session]?.state.phase == .running else { throw .host(.didNotStart("it ended at once")) }
        }
        deadlinesChanged.release(.now)
        logger.info(
            "machine started",
            metadata: [
                "session": "\(session)", "machine": "\(specification.identifier)",
                "accelerator": "\(started.accelerator)",
            ])
    }

    /// Removes what a machine leaves behind, and tells everybody that it has ended.
    func cleanUp(_ machine: MachineIdentifier, of session: SessionIdentifier) async {
        do {
            try await host.powerOff(machine)
        } catch {
            logger.error("machine not ended", metadata: ["machine": "\(machine)", "reason": "\(error)"])
            unended.insert(machine)
            unendedFound.release(.now)
        }
        do {
            try await images.removeOverlays(of: machine)
        } catch {
            logger.error("layers not removed", metadata: ["machine": "\(machine)", "reason": "\(error)"])
        }
        let reason = sessions[session]?.state.reason
        do throws(SessionError) {
            try change(session) { record in
                guard record.machine == machine else { return }
                record.machine = nil
                record.accelerator = nil
                record.started = nil
                record.reason = reason
            }
        } catch {
            logger.error("session not saved", metadata: ["session": "\(session)", "reason": "\(error)"])
        }
        tell(.machineEnded, of: session, ["machine": "\(machine)", "reason": reason?.rawValue ?? "none"])
        publish(session)
        endings.release(session)
        logger.info("machine ended", metadata: ["session": "\(session)", "reason": "\(reason?.rawValue ?? "none")"])
    }

    /// Hands the host's refusal on as the broker's.
    func asking<Value>(_ body: () async throws(MachineHostError) -> Value) async throws(SessionError) -> Value {
        do {
            return try await body()
        } catch {
            throw .host(error)
        }
    }
}
