import Libvirt
import Sessions

/// The machines that run here as far as we were told, and what libvirt's events mean for them.
struct MachineTable: Sendable {
    private struct Entry {
        var condition: MachineCondition
        let accelerator: Accelerator?
        let since: ContinuousClock.Instant
        /// Its start has not returned: what happens is told to whoever starts it.
        var isStarting: Bool
        /// Ended by our own order: what follows is no news.
        var isEnding = false
        var shutdown: LifecycleEvent.ShutdownCause?
        /// How it ended while it was starting.
        var ended: MachineEvent.Kind?
    }

    private var machines: [MachineIdentifier: Entry] = [:]

    /// A machine is about to be started.
    mutating func expect(
        _ machine: MachineIdentifier, with accelerator: Accelerator, now: ContinuousClock.Instant = .now
    ) {
        machines[machine] = Entry(condition: .running, accelerator: accelerator, since: now, isStarting: true)
    }

    /// The start has returned; what happened before it did, if the machine has ended already.
    mutating func noteStarted(_ machine: MachineIdentifier) -> MachineEvent.Kind? {
        machines[machine]?.isStarting = false
        return machines[machine]?.ended
    }

    /// A machine was found running.
    mutating func adopt(
        _ machine: MachineIdentifier, _ condition: MachineCondition, now: ContinuousClock.Instant = .now
    ) {
        guard machines[machine] == nil else { return }
        machines[machine] = Entry(condition: condition, accelerator: nil, since: now, isStarting: false)
    }

    func contains(_ machine: MachineIdentifier) -> Bool { machines[machine] != nil }

    /// Machines that have started and are not on their way out.
    var running: [MachineIdentifier] {
        machines.filter { !$0.value.isStarting && !$0.value.isEnding }.map(\.key)
    }

    mutating func remove(_ machine: MachineIdentifier) { machines[machine] = nil }

    mutating func noteEnding(_ machine: MachineIdentifier) { machines[machine]?.isEnding = true }

    /// Whether the machine is one that was started with KVM and has not yet run for so long.
    func ranBriefly(
        _ machine: MachineIdentifier, under limit: Duration, now: ContinuousClock.Instant = .now
    ) -> Bool {
        guard let entry = machines[machine], entry.accelerator == .kvm else { return false }
        return now - entry.since < limit
    }

    /// What an event means; nil where it is no news.
    mutating func handle(_ event: LifecycleEvent, of machine: MachineIdentifier) -> MachineEvent.Kind? {
        guard let entry = machines[machine] else { return nil }
        switch event {
        case .suspended:
            return note(.paused, of: machine)
        case .resumed:
            return note(.running, of: machine)
        case .shuttingDown(let cause):
            machines[machine]?.shutdown = cause
            return nil
        case .stopped(let cause):
            if entry.isEnding { return nil }
            let kind = ending(of: entry, cause)
            guard entry.isStarting else { return kind }
            machines[machine]?.ended = kind
            return nil
        case .started, .panicked, .other:
            return nil
        }
    }

    /// Takes over what was really found, after events may have been missed, and says what changed.
    mutating func note(_ found: [MachineIdentifier: MachineCondition]) -> [MachineEvent] {
        found.compactMap { machine, condition in
            note(condition, of: machine).map { MachineEvent(machine: machine, kind: $0) }
        }
    }

    /// Machines that should have been found.
    func missing(from found: [MachineIdentifier: MachineCondition]) -> Set<MachineIdentifier> {
        Set(machines.filter { found[$0.key] == nil && !$0.value.isEnding && !$0.value.isStarting }.keys)
    }

    /// Which of the missing machines ended without any news of it.
    func lost(of missing: Set<MachineIdentifier>) -> [MachineEvent] {
        machines.filter { missing.contains($0.key) && !$0.value.isEnding }.keys.map {
            MachineEvent(machine: $0, kind: .crashed("it ended while libvirt was away, so nobody knows why"))
        }
    }

    private mutating func note(_ condition: MachineCondition, of machine: MachineIdentifier) -> MachineEvent.Kind? {
        guard let known = machines[machine], known.condition != condition else { return nil }
        machines[machine]?.condition = condition
        return switch condition {
        case .running: .resumed
        case .paused: .paused
        }
    }

    private func ending(of entry: Entry, _ cause: LifecycleEvent.StopCause) -> MachineEvent.Kind {
        switch (cause, entry.shutdown) {
        case (.shutDown, .host): .crashed("a signal on this computer ended it")
        case (.shutDown, _): .poweredOff
        case (.destroyed, _): .crashed("another program on this computer ended it")
        case (.crashed, _): .crashed("the guest crashed")
        case (.failed, _): .crashed("its process died")
        case (.other, _): .crashed("libvirt ended it")
        }
    }
}
