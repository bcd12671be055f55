import ConsentWire
import Testing

@Suite struct ArmingTests {
    @Test func nothingIsArmedWithoutTheFocus() {
        var arming = Arming()
        arming.timePassed(at: 1_000_000)
        #expect(!arming.isArmed)
    }

    @Test func aQuietSecondWithTheFocusArms() {
        var arming = Arming()
        arming.focusChanged(true, at: 5000)
        arming.timePassed(at: 5999)
        #expect(!arming.isArmed)
        arming.timePassed(at: 6000)
        #expect(arming.isArmed)
    }

    @Test func whatIsPressedBeforeBeginsTheSecondAgain() {
        var arming = Arming()
        arming.focusChanged(true, at: 0)
        arming.disturbed(at: 900)
        arming.timePassed(at: 1800)
        #expect(!arming.isArmed)
        arming.timePassed(at: 1900)
        #expect(arming.isArmed)
        arming.disturbed(at: 2000)
        #expect(arming.isArmed)
    }

    @Test func losingTheFocusDisarmsAndGainingItBeginsAgain() {
        var arming = Arming()
        arming.focusChanged(true, at: 0)
        arming.timePassed(at: 1000)
        arming.focusChanged(false, at: 1500)
        arming.timePassed(at: 9000)
        #expect(!arming.isArmed)
        arming.disturbed(at: 9000)
        arming.timePassed(at: 20_000)
        #expect(!arming.isArmed)
        arming.focusChanged(true, at: 20_000)
        #expect(!arming.isArmed)
        arming.timePassed(at: 21_000)
        #expect(arming.isArmed)
    }
}
