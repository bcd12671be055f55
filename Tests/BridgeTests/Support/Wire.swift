import Glibc
import Linux
import Synchronization

/// A blocking socket of a test, read and written on threads of its own.
///
/// Every call ends after ten seconds at the latest.
final class Wire: Sendable {
    private static let threads = BlockingThreads(limit: 200)
    private static let patience: Duration = .seconds(10)

    let descriptor: CInt
    private let isOpen = Mutex(true)

    init(owning descriptor: CInt) { self.descriptor = descriptor }

    /// Connects to the loopback address of either kind.
    init(port: UInt16, address: LoopbackAddress = .version4) throws {
        let family = address == .version4 ? AF_INET : AF_INET6
        descriptor = socket(family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        let result: CInt
        switch address {
        case .version4:
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            four.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            result = withUnsafeBytes(of: &four) { Wire.connect(descriptor, $0) }
        case .version6:
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            six.sin6_addr = in6addr_loopback
            result = withUnsafeBytes(of: &six) { Wire.connect(descriptor, $0) }
        }
        guard result == 0 else { throw WireError(call: "connect", number: errno) }
    }

    private static func connect(_ descriptor: CInt, _ address: UnsafeRawBufferPointer) -> CInt {
        Glibc.connect(descriptor, address.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count))
    }

    deinit { close() }

    func close() {
        let wasOpen = isOpen.withLock { open in
            defer { open = false }
            return open
        }
        if wasOpen { Glibc.close(descriptor) }
    }

    func finishWriting() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Makes the kernel's buffers small, but for room for a few of the loopback's segments.
    func shrinkBuffers() {
        var size: CInt = 256 * 1024
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<CInt>.size))
    }

    /// Writes all of it; `false` where the other side took no more.
    @discardableResult
    func write(_ bytes: [UInt8]) async -> Bool {
        await Self.threads.run { [self] in
            var rest = bytes[...]
            while !rest.isEmpty {
                guard wait(for: POLLOUT, Self.patience) else { return false }
                let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
                let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
                if count < 0, errno != EAGAIN { return false }
                rest = rest.dropFirst(max(0, count))
            }
            return true
        }
    }

    @discardableResult
    func write(_ text: String) async -> Bool { await write(Array(text.utf8)) }

    /// What comes next, empty at the end; `nil` where nothing comes in time.
    func read(upTo limit: Int = 65536, within patience: Duration = Wire.patience) async -> [UInt8]? {
        await Self.threads.run { [self] in
            guard wait(for: POLLIN, patience) else { return nil }
            return [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                count = max(0, Glibc.recv(descriptor, buffer.baseAddress, limit, 0))
            }
        }
    }

    /// Everything up to the end; `nil` where the end does not come.
    func readToEnd() async -> [UInt8]? {
        var all: [UInt8] = []
        while let more = await read() {
            if more.isEmpty { return all }
            all += more
        }
        return nil
    }

    /// Whether nothing comes, not even the end.
    func staysSilent(for time: Duration) async -> Bool { await read(within: time) == nil }

    private func wait(for event: Int32, _ patience: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        let milliseconds = CInt(
            patience.components.seconds * 1000 + patience.components.attoseconds / 1_000_000_000_000_000)
        return poll(&entry, 1, milliseconds) == 1
    }
}

struct WireError: Error {
    let call: String
    let number: CInt
}
