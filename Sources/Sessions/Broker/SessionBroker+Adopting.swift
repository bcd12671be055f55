import FoundationEssentials
import Logging

extension SessionBroker {
    /// Finds the machines again that ran while the agent was away, and ends those that nobody knows.
    ///
    /// Done once; a host that does not answer is asked again by the next caller. Until then nothing is started or removed.
    func settle() async throws(SessionError) {
        switch adoption {
        case .done:
            return
        case .running:
            await finish(adopted.wait(for: .now))
            return try await settle()
        case .pending:
            adoption = .running
        }
        do throws(SessionError) {
            try await adopt()
            adoption = .done
        } catch {
            adoption = .pending
            adopted.release(.now)
            throw error
        }
        adopted.release(.now)
    }

    private func adopt() async throws(SessionError) {
        let found = try await asking { () throws(MachineHostError) in try await host.adopt() }
        var kept: Set<MachineIdentifier> = []
        for (session, current) in sessions {
            guard let machine = current.record.machine else { continue }
            if let condition = found[machine] {
                kept.insert(machine)
                sessions[session]?.state = SessionState(
                    adopting: machine, condition, accelerator: current.record.accelerator)
                sessions[session]?.abandoned = .now
                // A clock that was set back meanwhile gives a run no more than its time.
                let age = current.record.started.map { max(0, -$0.timeIntervalSinceNow) }
                sessions[session]?.began = age.map { .now - .seconds($0) }
                tell(.machineFound, of: session, ["machine": "\(machine)", "state": condition.rawValue])
                logger.info("machine found again", metadata: ["session": "\(session)", "machine": "\(machine)"])
            } else {
                sessions[session]?.state = SessionState(stopped: .machineCrashed)
                await cleanUp(machine, of: session)
            }
            publish(session)
        }
        for machine in found.keys where !kept.contains(machine) {
            logger.warning("unknown machine ended", metadata: ["machine": "\(machine)"])
            try await asking { () throws(MachineHostError) in try await host.powerOff(machine) }
        }
        do {
            try await images.removeOverlays(except: kept)
        } catch {
            logger.error("layers not removed", metadata: ["reason": "\(error)"])
        }
        deadlinesChanged.release(.now)
    }
}
