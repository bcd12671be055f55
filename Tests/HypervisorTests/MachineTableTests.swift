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
        #expect(table.reconcile(with: [:]).isEmpty)
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

    @Test func whatWasMissedIsFoundByCounting() {
        var table = running()
        let (paused, starting) = (MachineIdentifier(), MachineIdentifier())
        table.adopt(paused, .running)
        table.expect(starting, with: .tcg)
        let events = table.reconcile(with: [paused: .paused])
        #expect(
            Set(events) == [
                MachineEvent(
                    machine: machine, kind: .crashed("it ended while libvirt was away, so nobody knows why")),
                MachineEvent(machine: paused, kind: .paused),
            ])
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
