import Testing

@testable import Sessions

struct SessionStateTests {
    private let machine = MachineIdentifier()

    /// A state brought to a phase by the events that lead there.
    private func state(in phase: SessionPhase) -> SessionState {
        var state = SessionState()
        let path: [SessionState.Event] =
            switch phase {
            case .stopped: []
            case .preparing: [.startRequested(machine)]
            case .starting: [.startRequested(machine), .imagesReady]
            case .running: [.startRequested(machine), .imagesReady, .machineStarted(.tcg)]
            case .paused:
                [
                    .startRequested(machine), .imagesReady, .machineStarted(.tcg), .pauseRequested(.pausedByPage),
                    .pausedByHost,
                ]
            case .stopping:
                [
                    .startRequested(machine), .imagesReady, .machineStarted(.tcg), .stopRequested(.stoppedByPage),
                ]
            }
        for event in path { _ = state.handle(event) }
        #expect(state.phase == phase)
        return state
    }

    static let phases: [SessionPhase] = [.stopped, .preparing, .starting, .running, .paused, .stopping]

    @Test(arguments: phases)
    func onlyAStoppedSessionStarts(phase: SessionPhase) {
        var state = state(in: phase)
        #expect(state.handle(.startRequested(MachineIdentifier())) == (phase == .stopped ? .prepareImages : .refuse))
    }

    @Test(arguments: phases)
    func onlyARunningSessionPauses(phase: SessionPhase) {
        var state = state(in: phase)
        #expect(state.handle(.pauseRequested(.pausedByPage)) == (phase == .running ? .pauseMachine : .refuse))
    }

    @Test(arguments: phases)
    func onlyAPausedSessionResumes(phase: SessionPhase) {
        var state = state(in: phase)
        #expect(state.handle(.resumeRequested) == (phase == .paused ? .resumeMachine : .refuse))
    }

    @Test(arguments: phases)
    func everyPhaseHasAWayToStop(phase: SessionPhase) {
        var state = state(in: phase)
        let expected: SessionState.Action =
            switch phase {
            case .stopped: .refuse
            case .preparing: .giveUpStart
            case .starting, .stopping: .nothing
            case .running: .pressPowerButton
            case .paused: .powerOff
            }
        #expect(state.handle(.stopRequested(.stoppedByPage)) == expected)
        #expect(state.phase == (phase == .stopped ? .stopped : .stopping))
    }

    @Test func aGuestThatIgnoresItsPowerButtonIsSwitchedOff() {
        var state = state(in: .stopping)
        #expect(state.handle(.offRequested(.stoppedByPage)) == .powerOff)
        #expect(state.handle(.machineEnded(.machineCrashed)) == .cleanUp)
        #expect(state.phase == .stopped)
        #expect(state.reason == .stoppedByPage)
    }

    @Test func aStopDuringTheStartEndsTheMachineWhenItHasStarted() {
        var state = state(in: .starting)
        #expect(state.handle(.stopRequested(.stoppedByOwner)) == .nothing)
        #expect(state.handle(.offRequested(.stoppedByOwner)) == .nothing)
        #expect(state.handle(.machineStarted(.kvm)) == .powerOff)
        #expect(state.handle(.startFailed) == .cleanUp)
        #expect(state.reason == .stoppedByOwner)
    }

    @Test func aStopDuringTheDownloadGivesItUp() {
        var state = state(in: .preparing)
        #expect(state.handle(.stopRequested(.stoppedByPage)) == .giveUpStart)
        #expect(state.handle(.imagesReady) == .giveUpStart)
        #expect(state.handle(.startFailed) == .cleanUp)
        #expect(state.reason == .stoppedByPage)
    }

    @Test func aMachineThatDiesWhileItStartsIsNotRunning() {
        var state = state(in: .starting)
        #expect(state.handle(.machineEnded(.machineCrashed)) == .cleanUp)
        #expect(state.handle(.machineStarted(.kvm)) == .nothing)
        #expect(state.phase == .stopped)
        #expect(state.accelerator == nil)
    }

    @Test func anEndIsCleanedUpOnce() {
        var state = state(in: .running)
        #expect(state.handle(.machineEnded(.guestPoweredOff)) == .cleanUp)
        #expect(state.handle(.machineEnded(.machineCrashed)) == .nothing)
        #expect(state.reason == .guestPoweredOff)
    }

    @Test func aLateEventOfTheHostDoesNotWakeAStoppedSession() {
        var state = state(in: .stopped)
        #expect(state.handle(.resumedByHost) == .nothing)
        #expect(state.handle(.pausedByHost) == .nothing)
        #expect(state.phase == .stopped)
    }

    @Test func noSequenceOfEventsLosesAMachine() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var state = SessionState()
            for _ in 0..<30 {
                let events: [SessionState.Event] = [
                    .startRequested(machine), .imagesReady, .machineStarted(.tcg), .startFailed,
                    .pauseRequested(.pausedByPage), .pausedByHost, .resumeRequested, .resumedByHost,
                    .stopRequested(.stoppedByPage), .offRequested(.stoppedByPage), .machineEnded(.machineCrashed),
                ]
                guard let event = events.randomElement(using: &generator) else { continue }
                let hadMachine = state.machine != nil
                let action = state.handle(event)
                #expect((state.machine == nil) == (state.phase == .stopped))
                #expect((action == .cleanUp) == (hadMachine && state.machine == nil))
            }
        }
    }
}
