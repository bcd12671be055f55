import CSlirp
import Glibc
package import SystemPackage

/// libslirp: a TCP/IP stack in this process that is the other end of a guest's network card.
///
/// Restricted, it opens no connection on behalf of the guest; otherwise it opens each that a frame asks for, and whoever hands
/// frames over has judged them. It answers no names. What comes in comes through sockets with a path, one for each forwarded
/// port. Belongs to one thread.
package final class NetworkStack {
    private let pointer: OpaquePointer
    private let callbacks: UnsafeMutablePointer<SlirpCb>
    private let opaque: Opaque
    private let layout: NetworkLayout

    /// `limit` is the most that waits to be fetched by `takeFrames`, in bytes; what comes on top is lost, as on a wire.
    package init(_ layout: NetworkLayout, isRestricted: Bool, limit: Int) {
        self.layout = layout
        opaque = Opaque(limit: limit)
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: Self.makeCallbacks())
        var configuration = SlirpConfig()
        configuration.version = 4
        configuration.restricted = isRestricted ? 1 : 0
        configuration.in_enabled = true
        configuration.in6_enabled = !isRestricted
        configuration.vprefix_addr6 = in6_addr(layout.prefix6 + [UInt8](repeating: 0, count: 8))
        configuration.vprefix_len = 64
        configuration.vhost6 = in6_addr(layout.gateway6)
        configuration.vnameserver6 = in6_addr(layout.nameServer6)
        configuration.vnetwork = in_addr(layout.network)
        configuration.vnetmask = in_addr(layout.mask)
        configuration.vhost = in_addr(layout.gateway)
        configuration.vdhcp_start = in_addr(layout.guest)
        configuration.vnameserver = in_addr(layout.nameServer)
        configuration.disable_host_loopback = true
        configuration.disable_dns = true
        guard let pointer = slirp_new(&configuration, callbacks, Unmanaged.passUnretained(opaque).toOpaque()) else {
            preconditionFailure("libslirp refuses a configuration that never changes")
        }
        self.pointer = pointer
    }

    deinit {
        slirp_cleanup(pointer)
        callbacks.deallocate()
    }

    /// Makes a socket at a path; each connection to it becomes one to the guest's port.
    package func forward(_ path: FilePath, to port: UInt16) throws(Errno) {
        var host = sockaddr_un()
        host.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.string.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: host.sun_path), !bytes.contains(0) else {
            throw .fileNameTooLong
        }
        withUnsafeMutableBytes(of: &host.sun_path) { $0.copyBytes(from: bytes) }
        var guest = sockaddr_in()
        guest.sin_family = sa_family_t(AF_INET)
        guest.sin_port = port.bigEndian
        guest.sin_addr = in_addr(layout.guest)
        let result = withGenericAddress(&host) { hostPointer in
            withGenericAddress(&guest) { guestPointer in
                slirp_add_hostxfwd(
                    pointer, hostPointer, socklen_t(MemoryLayout<sockaddr_un>.size), guestPointer,
                    socklen_t(MemoryLayout<sockaddr_in>.size), 0)
            }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    /// Hands over a frame that the guest sent.
    package func receive(_ frame: ArraySlice<UInt8>) {
        frame.withUnsafeBufferPointer { slirp_input(pointer, $0.baseAddress, CInt($0.count)) }
    }

    /// Whether frames wait for the guest.
    package var hasFrames: Bool { !opaque.frames.isEmpty }

    /// Moves the waiting frames, each behind its length in four bytes, to the end of a buffer.
    package func takeFrames(into buffer: inout [UInt8]) {
        buffer.append(contentsOf: opaque.frames)
        opaque.frames.removeAll(keepingCapacity: true)
    }

    /// Gives the waiting frames one by one.
    package func takeFrames(_ body: (ArraySlice<UInt8>) -> Void) {
        var place = 0
        while place < opaque.frames.count {
            let size = opaque.frames[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
            body(opaque.frames[(place + 4)..<(place + 4 + size)])
            place += 4 + size
        }
        opaque.frames.removeAll(keepingCapacity: true)
    }

    /// Adds what the stack waits for, and returns how long it can wait at the most, in milliseconds.
    package func prepare(_ polled: inout PollSet, timeout: UInt32) -> UInt32 {
        var timeout = min(timeout, opaque.timers.wait)
        withUnsafeMutablePointer(to: &polled) { slirp_pollfds_fill(pointer, &timeout, addPoll, $0) }
        return timeout
    }

    /// Lets the stack do its work after a wait; `prepare` came before.
    package func work(_ polled: inout PollSet) {
        withUnsafeMutablePointer(to: &polled) { slirp_pollfds_poll(pointer, 0, getEvents, $0) }
        opaque.timers.fire()
    }

    private static func makeCallbacks() -> SlirpCb {
        var callbacks = SlirpCb()
        callbacks.send_packet = sendPacket
        // What a guest does wrong is its own business, and a way to fill a log.
        callbacks.guest_error = { _, _ in }
        callbacks.clock_get_ns = now
        callbacks.timer_new = { action, argument, opaque in
            opaque.map { Opaque.of($0).timers.add(action, argument) } ?? nil
        }
        callbacks.timer_free = { timer, opaque in
            if let opaque { Opaque.of(opaque).timers.remove(timer) }
        }
        callbacks.timer_mod = { timer, time, opaque in
            if let opaque { Opaque.of(opaque).timers.set(timer, to: time) }
        }
        callbacks.register_poll_fd = { _, _ in }
        callbacks.unregister_poll_fd = { _, _ in }
        // Everything runs on one thread, which is awake whenever this is called.
        callbacks.notify = { _ in }
        return callbacks
    }
}

/// What the stack's callbacks work on.
private final class Opaque {
    /// What the stack sent and nobody has fetched yet.
    var frames: [UInt8] = []
    let timers = StackTimers()
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    static func of(_ pointer: UnsafeMutableRawPointer) -> Opaque {
        Unmanaged<Opaque>.fromOpaque(pointer).takeUnretainedValue()
    }

    func add(_ frame: UnsafeRawBufferPointer) {
        guard frames.count + frame.count + 4 <= limit else { return }
        withUnsafeBytes(of: UInt32(frame.count).bigEndian) { frames.append(contentsOf: $0) }
        frames.append(contentsOf: frame)
    }
}

extension in6_addr {
    fileprivate init(_ bytes: [UInt8]) {
        self.init()
        withUnsafeMutableBytes(of: &self) { $0.copyBytes(from: bytes.prefix($0.count)) }
    }
}

extension in_addr {
    fileprivate init(_ address: IPv4Address) { self.init(s_addr: address.value.bigEndian) }
}

private func withGenericAddress<Address, Result>(
    _ address: inout Address, _ body: (UnsafePointer<sockaddr>) -> Result
) -> Result {
    withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
    }
}

private let sendPacket: @convention(c) (UnsafeRawPointer?, Int, UnsafeMutableRawPointer?) -> Int = {
    bytes, count, opaque in
    guard let opaque else { return count }
    Opaque.of(opaque).add(UnsafeRawBufferPointer(start: bytes, count: count))
    return count
}

private let now: @convention(c) (UnsafeMutableRawPointer?) -> Int64 = { _ in StackTimers.nanoseconds }

private let addPoll: @convention(c) (CInt, CInt, UnsafeMutableRawPointer?) -> CInt = { descriptor, wanted, opaque in
    guard let polled = opaque?.assumingMemoryBound(to: PollSet.self) else { return -1 }
    var events: CInt = 0
    for (asked, event) in pollFlags where wanted & asked != 0 { events |= event }
    return CInt(polled.pointee.add(descriptor, events: Int16(events)))
}

/// Tells only what was asked for: `poll` also tells of a hang-up that was not, and the stack takes that for readable.
///
/// For a connection whose outer side is gone it would find the end of the stream over and over, and never come to see that
/// nobody takes the guest's answer, at the cost of a whole processor. And it counts on room in its buffer whenever it reads,
/// which is why it did not ask.
private let getEvents: @convention(c) (CInt, UnsafeMutableRawPointer?) -> CInt = { place, opaque in
    guard let polled = opaque?.assumingMemoryBound(to: PollSet.self) else { return 0 }
    let happened = CInt(polled.pointee.events(at: Int(place)))
    var events: CInt = 0
    for (asked, event) in pollFlags where happened & event != 0 { events |= asked }
    return events
}

/// libslirp's names of events, and the kernel's.
private let pollFlags: [(asked: CInt, event: CInt)] = [
    (CInt(SLIRP_POLL_IN), CInt(POLLIN)), (CInt(SLIRP_POLL_OUT), CInt(POLLOUT)), (CInt(SLIRP_POLL_PRI), CInt(POLLPRI)),
    (CInt(SLIRP_POLL_ERR), CInt(POLLERR)), (CInt(SLIRP_POLL_HUP), CInt(POLLHUP)),
]
