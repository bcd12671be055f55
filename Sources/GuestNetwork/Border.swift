import Linux
import Slirp
import SystemPackage

/// Everything that stands between a guest's card and the world: filter, names, rate, count, and the network stack behind.
struct Border: ~Copyable {
    /// How old the list of this computer's own networks may be.
    private static let interval = Duration.seconds(2)

    private var filter: FrameFilter
    private let stack: NetworkStack
    private let log: Log
    private var names = NameRelay()
    private var meter: Meter?
    private var outward: Throttle?
    private var inward: Throttle?
    private var listDue = ContinuousClock.now
    /// Whether the stack is being waited for in this turn.
    private var stackWorks = false
    /// Frames for the guest that are not the stack's.
    private var answers: [[UInt8]] = []

    init(_ filter: FrameFilter, stack: NetworkStack, rate: Int64?, meter: Meter?, log: Log) {
        self.filter = filter
        self.stack = stack
        self.meter = meter
        self.log = log
        outward = rate.map { Throttle(rate: $0, at: .now) }
        inward = rate.map { Throttle(rate: $0, at: .now) }
    }

    /// Takes a frame from the guest.
    mutating func take(_ frame: ArraySlice<UInt8>, at now: ContinuousClock.Instant) {
        if filter.reach.isSome, now >= listDue { listNetworks(at: now) }
        switch filter.verdict(on: frame, at: now) {
        case .pass:
            stack.receive(frame)
        case .leave:
            if outward != nil { outward?.add(frame) } else { sendOut(frame) }
        case .question(let datagram):
            if let answer = names.ask(datagram, within: filter.reach, at: now) { answers.append(answer) }
        case .drop:
            break
        }
    }

    /// Computers move from one network to another while machines run.
    private mutating func listNetworks(at now: ContinuousClock.Instant) {
        listDue = now + Self.interval
        do throws(Errno) {
            filter.reach.own = try InterfaceNetworks.current().map { AddressRange($0.address, prefix: $0.prefix) }
        } catch {
            filter.reach.own = nil
            log.write("nothing is reached, since this computer's networks cannot be listed: \(error)")
        }
    }

    private mutating func sendOut(_ frame: ArraySlice<UInt8>) {
        meter?.countSent(frame.count)
        stack.receive(frame)
    }

    /// Adds what is waited for, and returns how long that may take, in milliseconds.
    ///
    /// The stack stands still while the guest takes nothing.
    mutating func prepare(_ polled: inout PollSet, stackWorks: Bool, timeout: UInt32) -> UInt32 {
        self.stackWorks = stackWorks
        names.prepare(&polled)
        var timeout = stackWorks ? stack.prepare(&polled, timeout: timeout) : timeout
        let now = ContinuousClock.now
        let ends = [
            names.deadline.map { $0 - now }, meter?.wait(at: now), outward?.wait, stackWorks ? inward?.wait : nil,
        ]
        for end in ends.compactMap(\.self) { timeout = min(timeout, end.milliseconds) }
        return timeout
    }

    /// Does what is due after the wait.
    mutating func work(_ polled: inout PollSet) {
        if stackWorks { stack.work(&polled) }
        let now = ContinuousClock.now
        answers += names.collect(polled, for: &filter.reach, at: now)
        while let frame = outward?.next(at: now) { sendOut(frame[...]) }
        meter?.saveIfDue(at: now)
    }

    /// Moves the frames for the guest, each behind its length in four bytes, to the end of a buffer.
    mutating func deliver(into buffer: inout [UInt8]) {
        for answer in answers { buffer.append(frame: answer[...]) }
        answers.removeAll(keepingCapacity: true)
        guard filter.reach.isSome else { return stack.takeFrames(into: &buffer) }
        stack.takeFrames { frame in
            switch filter.arrival(of: frame) {
            case .near: buffer.append(frame: frame)
            case .refused: break
            case .fromOutside:
                if inward != nil { inward?.add(frame) } else { letIn(frame, &buffer) }
            }
        }
        let now = ContinuousClock.now
        while let frame = inward?.next(at: now) { letIn(frame[...], &buffer) }
    }

    private mutating func letIn(_ frame: ArraySlice<UInt8>, _ buffer: inout [UInt8]) {
        meter?.countReceived(frame.count)
        buffer.append(frame: frame)
    }

    /// Writes down what was counted.
    mutating func end() { meter?.save() }
}

extension [UInt8] {
    fileprivate mutating func append(frame: ArraySlice<UInt8>) {
        append(contentsOf: UInt32(frame.count).bytes)
        append(contentsOf: frame)
    }
}

extension Duration {
    /// Rounded up, so that what is due after it is due.
    fileprivate var milliseconds: UInt32 {
        let (seconds, attoseconds) = components
        return UInt32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
