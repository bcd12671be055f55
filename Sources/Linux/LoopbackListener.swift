import CLinux
import Glibc
package import SystemPackage

/// One of the two addresses by which a computer talks to itself.
package enum LoopbackAddress: Sendable, CaseIterable {
    case version4
    case version6

    /// As it stands in a URL.
    package var urlHost: String {
        switch self {
        case .version4: "127.0.0.1"
        case .version6: "[::1]"
        }
    }
}

/// A non-blocking TCP socket that listens on a loopback address.
package struct LoopbackListener: ~Copyable, Sendable {
    package let address: LoopbackAddress
    package let port: UInt16
    private let descriptor: CInt

    /// Binds; port 0 takes any free one.
    ///
    /// The address is shared with nobody: there is no `SO_REUSEPORT`, and IPv6 means IPv6 only. A port whose old
    /// connections are still dying out is free.
    package init(binding address: LoopbackAddress, port: UInt16) throws(Errno) {
        let family = address == .version4 ? AF_INET : AF_INET6
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, CInt(IPPROTO_TCP))
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        do throws(Errno) {
            if address == .version6 { try Self.set(IPPROTO_IPV6, IPV6_V6ONLY, on: descriptor) }
            try Self.set(Int(SOL_SOCKET), SO_REUSEADDR, on: descriptor)
            try Self.bind(descriptor, to: address, port: port)
            guard listen(descriptor, SOMAXCONN) == 0 else { throw Errno(rawValue: errno) }
            guard let (_, bound) = Self.address(of: descriptor) else { throw .badAddress }
            self.port = bound
        } catch {
            close(descriptor)
            throw error
        }
        self.address = address
        self.descriptor = descriptor
    }

    /// Takes over a socket that somebody else made listen, such as systemd; `nil` and untouched unless it is one that
    /// `init(binding:port:)` could have made.
    package init?(adopting descriptor: CInt) {
        guard let (address, port) = Self.address(of: descriptor) else { return nil }
        guard Self.option(Int(SOL_SOCKET), SO_ACCEPTCONN, of: descriptor) == 1,
            Self.option(Int(SOL_SOCKET), SO_TYPE, of: descriptor) == CInt(SOCK_STREAM.rawValue),
            Self.option(Int(SOL_SOCKET), SO_REUSEPORT, of: descriptor) == 0,
            address == .version4 || Self.option(IPPROTO_IPV6, IPV6_V6ONLY, of: descriptor) == 1,
            fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { return nil }
        self.address = address
        self.port = port
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }

    /// The descriptor, which the caller must now close.
    package consuming func take() -> CInt {
        let taken = descriptor
        discard self
        return taken
    }

    private static func bind(_ descriptor: CInt, to address: LoopbackAddress, port: UInt16) throws(Errno) {
        let result: CInt
        switch address {
        case .version4:
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            four.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            result = withUnsafeBytes(of: four) { Self.bind(descriptor, $0) }
        case .version6:
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            six.sin6_addr = in6addr_loopback
            result = withUnsafeBytes(of: six) { Self.bind(descriptor, $0) }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    private static func bind(_ descriptor: CInt, _ address: UnsafeRawBufferPointer) -> CInt {
        Glibc.bind(descriptor, address.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count))
    }

    /// `nil` for everything but a loopback TCP address.
    private static func address(of descriptor: CInt) -> (LoopbackAddress, UInt16)? {
        var storage = sockaddr_storage()
        guard readAddress(of: descriptor, into: &storage, with: getsockname) else { return nil }
        switch CInt(storage.ss_family) {
        case AF_INET:
            let four = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in.self) }
            guard four.sin_addr.s_addr == UInt32(0x7F00_0001).bigEndian else { return nil }
            return (.version4, UInt16(bigEndian: four.sin_port))
        case AF_INET6:
            let six = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in6.self) }
            guard six.sin6_addr.__in6_u.__u6_addr32 == (0, 0, 0, UInt32(1).bigEndian) else { return nil }
            return (.version6, UInt16(bigEndian: six.sin6_port))
        default:
            return nil
        }
    }

    private static func set(_ level: Int, _ option: CInt, on descriptor: CInt) throws(Errno) {
        var one: CInt = 1
        guard setsockopt(descriptor, CInt(level), option, &one, socklen_t(MemoryLayout<CInt>.size)) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    private static func option(_ level: Int, _ option: CInt, of descriptor: CInt) -> CInt? {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, CInt(level), option, &value, &size) == 0 ? value : nil
    }
}
