import FoundationEssentials
import Logging
import MachineConfig

extension SessionBroker {
    /// Watches the host and the clock until cancelled; nothing happens by itself without it.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.forwardProgress() }
            group.addTask { await self.tellStreams() }
            group.addTask { await self.keepDeadlines() }
            group.addTask { await self.endUnended() }
            group.addTask {
                do throws(SessionError) {
                    try await self.settle()
                } catch {
                    self.logger.error("machines not found again", metadata: ["reason": "\(error)"])
                }
            }
            for await event in host.events {
                switch event.kind {
                // In their order.
                case .paused, .resumed: await note(event)
                // What an end leaves behind takes time to remove, and must not hold up the others.
                case .poweredOff, .crashed: group.addTask { await self.note(event) }
                }
            }
        }
    }

    private func note(_ event: MachineEvent) async {
        guard let session = sessions.values.first(where: { $0.state.machine == event.machine })?.record.session
        else { return }
        await LogContext.with(session: session) { await self.note(event, of: session) }
    }

    private func note(_ event: MachineEvent, of session: SessionIdentifier) async {
        switch event.kind {
        case .paused:
            _ = handle(.pausedByHost, on: session)
        case .resumed:
            _ = handle(.resumedByHost, on: session)
        case .poweredOff:
            await note(ended: event.machine, of: session, because: .guestPoweredOff)
        case .crashed(let reason):
            logger.warning("machine crashed", metadata: ["session": "\(session)", "reason": "\(reason)"])
            await note(ended: event.machine, of: session, because: .machineCrashed)
        }
    }

    private func note(ended machine: MachineIdentifier, of session: SessionIdentifier, because reason: SessionReason)
        async
    {
        if handle(.machineEnded(reason), on: session) == .cleanUp { await cleanUp(machine, of: session) }
    }

    private func forwardProgress() async {
        for await (session, progress) in progress.stream { tell(session, .progress(session, progress)) }
    }

    /// Ends what could not be ended at its time: a libvirt that was killed takes a minute to find its way back.
    private func endUnended() async {
        while !Task.isCancelled {
            if unended.isEmpty { await finish(unendedFound.wait(for: .now)) }
            // Cut short only when nothing is to be done any more.
            try? await Task.sleep(for: rules.endingPause)
            for machine in unended {
                do {
                    try await host.powerOff(machine)
                    try await images.removeOverlays(of: machine)
                    unended.remove(machine)
                    logger.notice("machine ended late", metadata: ["machine": "\(machine)"])
                } catch {
                    logger.warning(
                        "machine still not ended", metadata: ["machine": "\(machine)", "reason": "\(error)"])
                }
            }
        }
    }

    // MARK: Deadlines

    /// Ends machines whose life is over, and those that no page looks at and that may not run alone.
    private func keepDeadlines() async {
        while !Task.isCancelled {
            let changed = deadlinesChanged.wait(for: .now)
            guard let next = sessions.values.compactMap(deadline).min() else {
                await finish(changed)
                continue
            }
            // A sleep that is cut short stays in memory until its time, so it is kept short.
            let pause = min(max(Duration.milliseconds(100), ContinuousClock.now.duration(to: next)), .seconds(60))
            if await finishes(changed, within: pause) { continue }
            await endOverdue(now: .now)
        }
    }

    private func endOverdue(now: ContinuousClock.Instant) async {
        let overdue = sessions.values.filter { session in deadline(of: session).map { $0 <= now } ?? false }
        await withDiscardingTaskGroup { group in
            for session in overdue {
                let reason: SessionReason =
                    lifeEnd(of: session).map { $0 <= now } ?? false ? .lifetimeOver : .pageClosed
                group.addTask { await self.end(session.record.session, because: reason, gently: true) }
            }
        }
    }

    private func deadline(of session: Session) -> ContinuousClock.Instant? {
        switch session.state.phase {
        case .running, .paused:
            [lifeEnd(of: session), graceEnd(of: session)].compactMap(\.self).min()
        case .stopped, .preparing, .starting, .stopping:
            nil
        }
    }

    private func lifeEnd(of session: Session) -> ContinuousClock.Instant? {
        session.began.map { $0 + .seconds(session.record.configuration.lifetime.minutes * 60) }
    }

    private func graceEnd(of session: Session) -> ContinuousClock.Instant? {
        guard !session.record.configuration.lifetime.background else { return nil }
        return session.abandoned.map { $0 + rules.pageGrace }
    }
}
