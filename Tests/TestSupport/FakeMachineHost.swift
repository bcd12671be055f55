import Glibc
package import MachineConfig
package import Sessions
package import Synchronization
import SystemPackage

/// A host in memory: machines are entries of a table, displays and ports are socket pairs.
package final class FakeMachineHost: MachineHost {
    package struct State: Sendable {
        package var machines: [MachineIdentifier: MachineCondition] = [:]
        package var started: [MachineIdentifier] = []
        package var powerButtons: [MachineIdentifier] = []
        package var poweredOff: [MachineIdentifier] = []
        /// What the next calls answer in place of success.
        package var failure: MachineHostError?
        /// What the host lacks for every machine.
        package var lacks: String?
        /// Whether guests switch off when their power button is pressed.
        package var obeysPowerButton = true
        /// How often ending a machine fails from now on.
        package var stuckEndings = 0
        /// The far ends of the sockets that were handed out; whoever takes one closes it.
        package var farEnds: [CInt] = []
    }

    package let state = Mutex(State())
    package let events: AsyncStream<MachineEvent>
    package let happen: AsyncStream<MachineEvent>.Continuation

    package init() {
        (events, happen) = AsyncStream.makeStream(of: MachineEvent.self)
    }

    private func orFailure() throws(MachineHostError) {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    package func report() async throws(MachineHostError) -> HostReport {
        try orFailure()
        return HostReport(accelerator: .tcg, reason: "a fake host has no processor", cpus: 4, memory: 8192)
    }

    package func check(_ configuration: MachineConfiguration) async throws(MachineHostError) {
        if let lacks = state.withLock({ $0.lacks }) { throw .unsupported(lacks) }
    }

    package func start(_ machine: MachineSpecification) async throws(MachineHostError) -> StartedMachine {
        try orFailure()
        state.withLock {
            $0.machines[machine.identifier] = .running
            $0.started.append(machine.identifier)
        }
        return StartedMachine(accelerator: .tcg)
    }

    package func pause(_ machine: MachineIdentifier) async throws(MachineHostError) {
        try change(machine, to: .paused)
    }

    package func resume(_ machine: MachineIdentifier) async throws(MachineHostError) {
        try change(machine, to: .running)
    }

    private func change(_ machine: MachineIdentifier, to condition: MachineCondition) throws(MachineHostError) {
        try orFailure()
        let known = state.withLock { $0.machines.updateValue(condition, forKey: machine) != nil }
        if !known { throw .unknownMachine }
    }

    package func pressPowerButton(_ machine: MachineIdentifier) async throws(MachineHostError) {
        try orFailure()
        let obeys = state.withLock {
            $0.powerButtons.append(machine)
            return $0.obeysPowerButton
        }
        if obeys { end(machine, .poweredOff) }
    }

    package func powerOff(_ machine: MachineIdentifier) async throws(MachineHostError) {
        let isStuck = state.withLock { state in
            state.stuckEndings -= 1
            return state.stuckEndings >= 0
        }
        if isStuck { throw .failed("it does not end") }
        state.withLock {
            $0.machines[machine] = nil
            $0.poweredOff.append(machine)
        }
    }

    /// The machine ends by itself.
    package func end(_ machine: MachineIdentifier, _ kind: MachineEvent.Kind) {
        state.withLock { $0.machines[machine] = nil }
        happen.yield(MachineEvent(machine: machine, kind: kind))
    }

    package func adopt() async throws(MachineHostError) -> [MachineIdentifier: MachineCondition] {
        try orFailure()
        return state.withLock { $0.machines }
    }

    package func openDisplay(of machine: MachineIdentifier) async throws(MachineHostError) -> ConnectedSocket {
        try connect(machine)
    }

    package func openPort(
        _ port: UInt16, of machine: MachineIdentifier
    ) async throws(MachineHostError) -> ConnectedSocket {
        try connect(machine)
    }

    private func connect(_ machine: MachineIdentifier) throws(MachineHostError) -> ConnectedSocket {
        try orFailure()
        guard state.withLock({ $0.machines[machine] != nil }) else { throw .unknownMachine }
        var pair: [CInt] = [0, 0]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &pair) == 0 else {
            throw .failed("no socket pair")
        }
        let near = pair[0]
        let far = pair[1]
        _ = fcntl(near, F_SETFL, O_NONBLOCK)
        state.withLock { $0.farEnds.append(far) }
        return ConnectedSocket(owning: near)
    }
}
