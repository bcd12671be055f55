import Libvirt
import Linux
import Logging
import Sessions
import Storage
import Synchronization
import SystemPackage

/// Keeps the table of machines, turns libvirt's events into ours, and cleans up behind machines that end.
final class MachineWatch: Sendable {
    /// A machine that KVM does not really run dies in this time.
    private static let tooShort = Duration.seconds(5)

    private let settings: HypervisorSettings
    private let probe: HardwareProbe
    private let logger: Logger
    private let tell: AsyncStream<MachineEvent>.Continuation
    private let table = Mutex(MachineTable())

    init(
        _ settings: HypervisorSettings, probe: HardwareProbe, logger: Logger,
        tell: AsyncStream<MachineEvent>.Continuation
    ) {
        self.settings = settings
        self.probe = probe
        self.logger = logger
        self.tell = tell
    }

    func expect(_ machine: MachineIdentifier, with accelerator: Accelerator) {
        table.withLock { $0.expect(machine, with: accelerator) }
    }

    func noteStarted(_ machine: MachineIdentifier) -> MachineEvent.Kind? {
        table.withLock { $0.noteStarted(machine) }
    }

    func adopt(_ machine: MachineIdentifier, _ condition: MachineCondition) {
        table.withLock { $0.adopt(machine, condition) }
    }

    func contains(_ machine: MachineIdentifier) -> Bool { table.withLock { $0.contains(machine) } }

    var running: [MachineIdentifier] { table.withLock { $0.running } }

    func remove(_ machine: MachineIdentifier) { table.withLock { $0.remove(machine) } }

    func noteEnding(_ machine: MachineIdentifier) { table.withLock { $0.noteEnding(machine) } }

    /// On the session's own thread.
    func handle(_ event: LifecycleEvent, of identity: DomainIdentity) {
        guard let machine = MachineIdentifier(ours: identity) else { return }
        let kind = table.withLock { $0.handle(event, of: machine) }
        if let kind { announce(MachineEvent(machine: machine, kind: kind)) }
    }

    /// Counts the machines, on the session's own thread; what it returns is to be done when earlier events have been handled.
    ///
    /// A machine that is missing may have ended a moment ago with an event that is still on its way and knows why.
    func reconcile(over connection: Connection) -> @Sendable () -> Void {
        do throws(LibvirtError) {
            let found = try Self.machines(over: connection)
            for event in table.withLock({ $0.note(found) }) { announce(event) }
            let missing = table.withLock { $0.missing(from: found) }
            return { [self] in
                for event in table.withLock({ $0.lost(of: missing) }) { announce(event) }
            }
        } catch {
            // Lost again: the next connection reconciles.
            logger.warning("machines not counted", metadata: ["reason": "\(error)"])
            return {}
        }
    }

    private func announce(_ event: MachineEvent) {
        switch event.kind {
        case .paused, .resumed:
            break
        case .poweredOff:
            removeTraces(of: event.machine)
        case .crashed(let reason):
            let words = EmulatorLog(of: event.machine, in: settings.emulatorLogs).lastWords
            logger.warning(
                "machine crashed",
                metadata: ["machine": "\(event.machine)", "reason": "\(reason)", "last-words": "\(words ?? "none")"])
            if settings.accelerator == .auto, table.withLock({ $0.ranBriefly(event.machine, under: Self.tooShort) }) {
                probe.distrust("A machine under KVM ended at once: \(reason).")
            }
            removeTraces(of: event.machine)
        }
        tell.yield(event)
    }

    /// Ends the network of a machine that is gone and removes its folder and its log; blocks.
    ///
    /// What cannot be removed is logged: it is tried again at the next adoption.
    func removeTraces(of machine: MachineIdentifier) {
        remove(machine)
        let folder = MachineFolder(of: machine, in: settings.runtimeFolder)
        do throws(Errno) {
            try GuestNetworkProcess(folder: folder, settings: settings).end()
        } catch {
            logger.error("network not ended", metadata: ["machine": "\(machine)", "reason": "\(error)"])
        }
        do throws(StorageError) {
            try EmulatorLog(of: machine, in: settings.emulatorLogs).remove()
            try EmulatorFolder(of: machine, in: settings.emulatorFolders).remove()
            try folder.remove()
        } catch {
            logger.error("traces not removed", metadata: ["machine": "\(machine)", "reason": "\(error)"])
        }
    }

    /// Our machines among the domains that run; one that is on its way out does not count.
    static func machines(over connection: Connection) throws(LibvirtError) -> [MachineIdentifier: MachineCondition] {
        var machines: [MachineIdentifier: MachineCondition] = [:]
        for domain in try connection.activeDomains() {
            guard let machine = domain.identity.flatMap({ MachineIdentifier(ours: $0) }) else { continue }
            do throws(LibvirtError) {
                switch try domain.state() {
                case .running: machines[machine] = .running
                case .paused: machines[machine] = .paused
                case .ending: break
                }
            } catch {
                guard error.reason == .noDomain else { throw error }
            }
        }
        return machines
    }
}

extension MachineIdentifier {
    /// The machine that a domain is, if it is one of ours.
    init?(ours identity: DomainIdentity) {
        guard let machine = MachineIdentifier(identity.uuid), identity.name == DomainDefinition.name(of: machine) else {
            return nil
        }
        self = machine
    }
}
