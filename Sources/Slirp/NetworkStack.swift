import CSlirp
import Glibc
package import SystemPackage

/// libslirp: a TCP/IP stack in this process that is the other end of a guest's network card.
///
/// It is restricted: it opens no connection on behalf of the guest and answers no names. What comes in comes through sockets
/// with a path, one for each forwarded port. Belongs to one thread.
package final class NetworkStack {
    private let pointer: OpaquePointer
    private let callbacks: UnsafeMutablePointer<SlirpCb>
    private let frames: OutgoingFrames
    private let layout: NetworkLayout

    /// `limit` is the most that waits to be fetched by `takeFrames`, in bytes; what comes on top is lost, as on a wire.
    package init(_ layout: NetworkLayout, limit: Int) {
        self.layout = layout
        frames = OutgoingFrames(limit: limit)
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: Self.makeCallbacks())
        var configuration = SlirpConfig()
        configuration.version = 4
        configuration.restricted = 1
        configuration.in_enabled = true
        configuration.in6_enabled = false
        configuration.vnetwork = in_addr(layout.network)
        configuration.vnetmask = in_addr(layout.mask)
        configuration.vhost = in_addr(layout.gateway)
        configuration.vdhcp_start = in_addr(layout.guest)
        configuration.vnameserver = in_addr(layout.nameServer)
        configuration.disable_host_loopback = true
        configuration.disable_dns = true
        guard let pointer = slirp_new(&configuration, callbacks, Unmanaged.passUnretained(frames).toOpaque()) else {
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
    package var hasFrames: Bool { !frames.bytes.isEmpty }

    /// Moves the waiting frames, each behind its length in four bytes, to the end of a buffer.
    package func takeFrames(into buffer: inout [UInt8]) {
        buffer.append(contentsOf: frames.bytes)
        frames.bytes.removeAll(keepingCapacity: true)
    }

    /// Adds what the stack waits for, and returns how long it can wait at the most, in milliseconds.
    package func prepare(_ polled: inout PollSet, timeout: UInt32) -> UInt32 {
        var timeout = timeout
        withUnsafeMutablePointer(to: &polled) { slirp_pollfds_fill(pointer, &timeout, addPoll, $0) }
        return timeout
    }

    /// Lets the stack do its work after a wait; `prepare` came before.
    package func work(_ polled: inout PollSet) {
        withUnsafeMutablePointer(to: &polled) { slirp_pollfds_poll(pointer, 0, getEvents, $0) }
    }

    private static func makeCallbacks() -> SlirpCb {
        var callbacks = SlirpCb()
        callbacks.send_packet = sendPacket
        // What a guest does wrong is its own business, and a way to fill a log.
        callbacks.guest_error = { _, _ in }
        callbacks.clock_get_ns = now
        // The only timer is for IPv6 router advertisements, and IPv6 is off; still a handle must exist.
        callbacks.timer_new = { _, _, _ in malloc(1) }
        callbacks.timer_free = { timer, _ in free(timer) }
        callbacks.timer_mod = { _, _, _ in }
        callbacks.register_poll_fd = { _, _ in }
        callbacks.unregister_poll_fd = { _, _ in }
        // Everything runs on one thread, which is awake whenever this is called.
        callbacks.notify = { _ in }
        return callbacks
    }
}

/// The addresses of a guest's network; the same for every machine, since no two networks meet.
package struct NetworkLayout: Sendable {
    package let network = IPv4Address(10, 0, 2, 0)
    package let mask = IPv4Address(255, 255, 255, 0)
    /// Where connections to the guest seem to come from, and where it asks for its address.
    package let gateway = IPv4Address(10, 0, 2, 2)
    package let nameServer = IPv4Address(10, 0, 2, 3)
    package let guest = IPv4Address(10, 0, 2, 15)

    package init() {}
}

/// What the stack sent and nobody has fetched yet.
private final class OutgoingFrames {
    var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func add(_ frame: UnsafeRawBufferPointer) {
        guard bytes.count + frame.count + 4 <= limit else { return }
        withUnsafeBytes(of: UInt32(frame.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: frame)
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
    let frames = Unmanaged<OutgoingFrames>.fromOpaque(opaque).takeUnretainedValue()
    frames.add(UnsafeRawBufferPointer(start: bytes, count: count))
    return count
}

private let now: @convention(c) (UnsafeMutableRawPointer?) -> Int64 = { _ in
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

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
