import Libvirt
import Linux
package import Logging
import MachineConfig
package import Sessions
import Storage
import Synchronization
import SystemPackage

/// Machines under the user's own libvirt.
///
/// They belong to libvirt, not to this process: they go on when it ends, and `adopt` finds them again. Calls of libvirt block,
/// so they run on threads of this object; two machines do not wait for each other.
package final class LibvirtMachineHost: MachineHost {
    package let events: AsyncStream<MachineEvent>

    let settings: HypervisorSettings
    let logger: Logger
    let threads = BlockingThreads(limit: 6)
    let session: LibvirtSession
    let table: MachineWatch
    let probe: HardwareProbe
    let emulator: CagedEmulator
    let trial: CageTrial

    package init(_ settings: HypervisorSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        let (events, continuation) = AsyncStream.makeStream(of: MachineEvent.self)
        self.events = events
        let probe = HardwareProbe(
            emulator: settings.emulator, cage: settings.cage, cacheFolder: settings.cacheFolder, logger: logger)
        let table = MachineWatch(settings, probe: probe, logger: logger, tell: continuation)
        self.probe = probe
        emulator = CagedEmulator(settings)
        trial = CageTrial(settings)
        self.table = table
        session = LibvirtSession(
            settings.address, logger: logger, onEvent: { table.handle($1, of: $0) },
            onReconnection: { table.reconcile(over: $0) })
    }

    /// Runs blocking work that needs a connection, once more where the connection turned out to be lost.
    func withConnection<Value: Sendable>(
        _ work: @escaping @Sendable (Connection) throws(LibvirtError) -> Value
    ) async throws(MachineHostError) -> Value {
        do throws(LibvirtError) {
            return try await threads.run { [session] () throws(LibvirtError) in
                do throws(LibvirtError) {
                    return try work(session.connection())
                } catch {
                    guard error.reason == .connectionLost else { throw error }
                    return try work(session.connection())
                }
            }
        } catch {
            throw MachineHostError(error)
        }
    }

    package func pause(_ machine: MachineIdentifier) async throws(MachineHostError) {
        try await withConnection { connection throws(LibvirtError) in
            let domain = try connection.domain(uuid: machine.description)
            if try domain.state() != .paused { try domain.suspend() }
        }
    }

    package func resume(_ machine: MachineIdentifier) async throws(MachineHostError) {
        try await withConnection { connection throws(LibvirtError) in
            let domain = try connection.domain(uuid: machine.description)
            if try domain.state() != .running { try domain.resume() }
        }
    }

    package func pressPowerButton(_ machine: MachineIdentifier) async throws(MachineHostError) {
        try await withConnection { connection throws(LibvirtError) in
            try connection.domain(uuid: machine.description).pressPowerButton()
        }
    }

    package func powerOff(_ machine: MachineIdentifier) async throws(MachineHostError) {
        table.noteEnding(machine)
        do throws(MachineHostError) {
            try await withConnection { connection throws(LibvirtError) in
                try connection.domain(uuid: machine.description).destroy()
            }
        } catch {
            // One that is gone already may still have left something.
            guard error == .unknownMachine else { throw error }
        }
        try await removeTraces(of: machine)
    }

    /// Ends the machine's network and removes its folder.
    func removeTraces(of machine: MachineIdentifier) async throws(MachineHostError) {
        await threads.run { [table] in table.removeTraces(of: machine) }
    }
}
