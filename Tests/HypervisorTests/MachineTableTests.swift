import Libvirt
import Sessions
import Testing

@testable import Hypervisor

struct MachineTableTests {
    let machine = MachineIdentifier()

    func running(_ accelerator: Accelerator = .tcg) -> MachineTable {
        var table = MachineTable()
        table.expect(machine, with: accelerator)
        _ = table.noteStarted(machine)
        return table
    }

    @Test func aGuestThatSwitchesItselfOffIsNoCrash() {
        var table = running()
        #expect(table.handle(.shuttingDown(.guest), of: machine) == nil)
        #expect(table.handle(.stopped(.shutDown), of: machine) == .poweredOff)
    }

    @Test func aSignalFromOutsideIsACrashAlthoughLibvirtCallsItAShutdown() {
        var table = running()
        #expect(table.handle(.shuttingDown(.host), of: machine) == nil)
        #expect(table.handle(.stopped(.shutDown), of: machine) == .crashed("a signal on this computer ended it"))
    }

    @Test(arguments: [
        (LifecycleEvent.StopCause.failed, "its process died"), (.crashed, "the guest crashed"),
        (.destroyed, "another program on this computer ended it"), (.other, "libvirt ended it"),
    ])
    func everyOtherEndHasItsReason(cause: LifecycleEvent.StopCause, reason: String) {
        var table = running()
        #expect(table.handle(.stopped(cause), of: machine) == .crashed(reason))
    }

    @Test func anEndThatWasOrderedIsNoNews() {
        var table = running()
        table.noteEnding(machine)
        #expect(table.handle(.stopped(.destroyed), of: machine) == nil)
        #expect(table.missing(from: [:]).isEmpty)
    }

    @Test func onlyChangesOfConditionAreNews() {
        var table = running()
        #expect(table.handle(.resumed, of: machine) == nil)
        #expect(table.handle(.suspended, of: machine) == .paused)
        #expect(table.handle(.suspended, of: machine) == nil)
        #expect(table.handle(.resumed, of: machine) == .resumed)
    }

    @Test func machinesOfOthersAreNotOurs() {
        var table = running()
        #expect(table.handle(.stopped(.failed), of: MachineIdentifier()) == nil)
    }

    @Test func anEndDuringTheStartIsToldToWhoeverStarts() {
        var table = MachineTable()
        table.expect(machine, with: .kvm)
        #expect(table.handle(.stopped(.failed), of: machine) == nil)
        #expect(table.noteStarted(machine) == .crashed("its process died"))
    }

    @Test func aSecondTryForgetsHowTheFirstOneEnded() {
        var table = MachineTable()
        table.expect(machine, with: .kvm)
        _ = table.handle(.stopped(.failed), of: machine)
        table.expect(machine, with: .tcg)
        #expect(table.noteStarted(machine) == nil)
    }

    @Test func aChangeThatWasMissedIsFoundByCounting() {
        var table = running()
        #expect(table.note([machine: .paused]) == [MachineEvent(machine: machine, kind: .paused)])
        #expect(table.note([machine: .paused]).isEmpty)
        #expect(table.note([MachineIdentifier(): .paused]).isEmpty)
    }

    @Test func aMachineThatIsNotFoundHasEndedUnlessItIsOnlyStarting() {
        var table = running()
        let (found, starting) = (MachineIdentifier(), MachineIdentifier())
        table.adopt(found, .running)
        table.expect(starting, with: .tcg)
        let missing = table.missing(from: [found: .running])
        #expect(missing == [machine])
        let reason = "it ended while libvirt was away, so nobody knows why"
        #expect(table.lost(of: missing) == [MachineEvent(machine: machine, kind: .crashed(reason))])
    }

    @Test func newsThatWereOnTheirWayKnowBetterWhyAMachineIsMissing() {
        var table = running()
        let missing = table.missing(from: [:])
        #expect(table.handle(.stopped(.shutDown), of: machine) == .poweredOff)
        table.remove(machine)
        #expect(table.lost(of: missing).isEmpty)
    }

    @Test func onlyAMachineUnderKVMCanHaveRunTooBriefly() {
        let now = ContinuousClock.now
        var table = MachineTable()
        table.expect(machine, with: .kvm, now: now)
        #expect(table.ranBriefly(machine, under: .seconds(5), now: now + .seconds(4)))
        #expect(!table.ranBriefly(machine, under: .seconds(5), now: now + .seconds(6)))
        table.expect(machine, with: .tcg, now: now)
        #expect(!table.ranBriefly(machine, under: .seconds(5), now: now + .seconds(4)))
        let found = MachineIdentifier()
        table.adopt(found, .running, now: now)
        #expect(!table.ranBriefly(found, under: .seconds(5), now: now))
    }
}
