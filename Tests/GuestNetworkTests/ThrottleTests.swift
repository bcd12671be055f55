import GuestNetwork
import Testing

struct ThrottleTests {
    private let start = ContinuousClock.now

    /// How many bytes go through in some seconds, with as many offered as there is room for.
    private func passed(rate: Int64, seconds: Int, frame: Int = 1500) -> Int {
        var throttle = Throttle(rate: rate, at: start)
        var sum = 0
        for step in 0..<(seconds * 100) {
            for _ in 0..<100 { throttle.add([UInt8](repeating: 0, count: frame)[...]) }
            while let frame = throttle.next(at: start + .milliseconds(step * 10)) { sum += frame.count }
        }
        return sum
    }

    @Test(arguments: [100_000, 1_000_000, 5_000_000] as [Int64]) func overTimeTheRateHolds(rate: Int64) {
        let sum = passed(rate: rate, seconds: 20)
        #expect(sum > Int(rate) * 19)
        #expect(sum < Int(rate) * 20 + max(65536, Int(rate) / 10) + 65_550)
    }

    @Test func framesLargerThanTheBurstGoToo() {
        #expect(passed(rate: 16384, seconds: 30, frame: 65_550) >= 5 * 65_550)
    }

    @Test func framesKeepTheirOrderAndTheWaitIsLongEnough() {
        var throttle = Throttle(rate: 10_000, at: start)
        for number in 0..<200 { throttle.add([UInt8](repeating: UInt8(number), count: 1000)[...]) }
        var now = start
        var got: [UInt8] = []
        while let wait = throttle.wait {
            now += wait
            while let frame = throttle.next(at: now) { got.append(frame[0]) }
        }
        #expect(got == (0..<200).map { UInt8($0) })
        #expect(throttle.next(at: now + .seconds(60)) == nil)
        #expect(now - start < .seconds(15))
    }

    @Test func whatCannotWaitIsLost() {
        var throttle = Throttle(rate: 1_000_000, at: start)
        for _ in 0..<10_000 { throttle.add([UInt8](repeating: 0, count: 1000)[...]) }
        var count = 0
        while throttle.next(at: start + .seconds(count)) != nil { count += 1 }
        #expect(count == (512 << 10) / 1000)
    }
}
