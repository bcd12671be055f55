import Glibc
import Linux
import Slirp
import SystemPackage

/// The cable between a guest's network card, which QEMU holds out on a socket, and the network stack.
///
/// QEMU listens and this side connects, so that this process can be started again while the machine runs. It ends when QEMU
/// is gone for good.
struct GuestLink: ~Copyable {
    /// Frames that QEMU has not taken yet make the stack wait from here on, in bytes: a machine that is paused costs no
    /// more than this.
    private static let highWater = 512 << 10
    /// How long QEMU may take to appear, and how long nobody may listen once it was there.
    private static let (patienceAtFirst, patienceLater) = (Duration.seconds(60), Duration.seconds(2))
    private static let pauseBetweenTries = 50

    private let path: FilePath
    private let log: Log

    private var link: FileDescriptor?
    private var reader = FrameReader()
    private var outgoing: [UInt8] = []
    /// How much of `outgoing` has been sent.
    private var sent = 0
    private var deadline = ContinuousClock.now + GuestLink.patienceAtFirst

    init(to path: FilePath, log: Log) {
        self.path = path
        self.log = log
    }

    enum End {
        case machineGone
        /// This process is to end, whatever the machine does.
        case asked
    }

    /// Carries frames until QEMU is gone or this process is asked to end.
    mutating func run(_ border: inout Border) -> End {
        var polled = PollSet()
        while true {
            polled.removeAll()
            let request = polled.add(TerminationSignals.descriptor)
            if let link {
                serve(link, &border, &polled)
            } else if !connect() {
                if ContinuousClock.now >= deadline { return .machineGone }
                polled.wait(CInt(Self.pauseBetweenTries))
            }
            if polled.happened(at: request) { return .asked }
        }
    }

    private mutating func connect() -> Bool {
        do throws(Errno) {
            link = FileDescriptor(rawValue: try UnixStream.connect(to: path, timeout: .seconds(1)))
        } catch {
            return false
        }
        reader.reset()
        outgoing.removeAll(keepingCapacity: true)
        sent = 0
        log.write("connected to the machine")
        return true
    }

    private mutating func disconnect(_ reason: String) {
        log.write("disconnected from the machine: \(reason)")
        // Nothing is left that a failure to close could lose.
        try? link?.close()
        link = nil
        deadline = ContinuousClock.now + Self.patienceLater
    }

    /// One turn: waits, then moves what can be moved.
    private mutating func serve(_ link: FileDescriptor, _ border: inout Border, _ polled: inout PollSet) {
        let waiting = outgoing.count - sent
        let wanted = POLLIN | POLLHUP | POLLERR | (waiting > 0 ? POLLOUT : 0)
        let place = polled.add(link.rawValue, events: Int16(wanted))
        let timeout = border.prepare(&polled, stackWorks: waiting < Self.highWater, timeout: 60_000)
        polled.wait(CInt(min(timeout, 60_000)))
        border.work(&polled)
        if CInt(polled.events(at: place)) & ~POLLOUT != 0, !receive(from: link, for: &border) { return }
        border.deliver(into: &outgoing)
        if outgoing.count > sent { send(to: link) }
    }

    /// Takes what came from the guest; false where the link ended.
    private mutating func receive(from link: FileDescriptor, for border: inout Border) -> Bool {
        do throws(Errno) {
            if try reader.fill(from: link) > 0 { return forwardFrames(to: &border) }
            disconnect("it closed the connection")
            return false
        } catch {
            if error == .resourceTemporarilyUnavailable || error == .interrupted { return true }
            disconnect("\(error)")
            return false
        }
    }

    private mutating func forwardFrames(to border: inout Border) -> Bool {
        let now = ContinuousClock.now
        do throws(FrameReader.ImpossibleLength) {
            while let frame = try reader.next() { border.take(frame, at: now) }
            return true
        } catch {
            disconnect("it sent a frame of \(error.length) bytes")
            return false
        }
    }

    private mutating func send(to link: FileDescriptor) {
        do {
            let rest = outgoing[sent...]
            sent += unsafe try rest.withUnsafeBytes { unsafe try link.write($0, retryOnInterrupt: false) }
        } catch let reason as Errno where reason == .resourceTemporarilyUnavailable || reason == .interrupted {
            return
        } catch {
            disconnect("\(error)")
            return
        }
        if sent == outgoing.count {
            outgoing.removeAll(keepingCapacity: true)
            sent = 0
        } else if sent > Self.highWater {
            outgoing.removeFirst(sent)
            sent = 0
        }
    }
}
