import CLinux
import Glibc
package import SystemPackage

/// UDP sockets that speak to one far end.
package enum DatagramSocket {
    /// Connects from a port of the kernel's choice to an address of 4 or 16 bytes; what others send is never seen.
    ///
    /// The caller owns the descriptor, which does not block.
    package static func connect(to address: [UInt8], port: UInt16) throws(Errno) -> FileDescriptor {
        let family = address.count == 4 ? AF_INET : AF_INET6
        let type = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, CInt(IPPROTO_UDP))
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        let result = address.count == 4 ? connect4(descriptor, address, port) : connect6(descriptor, address, port)
        guard result == 0 else {
            let reason = Errno(rawValue: errno)
            close(descriptor)
            throw reason
        }
        return FileDescriptor(rawValue: descriptor)
    }

    private static func connect4(_ descriptor: CInt, _ address: [UInt8], _ port: UInt16) -> CInt {
        var end = sockaddr_in()
        end.sin_family = sa_family_t(AF_INET)
        end.sin_port = port.bigEndian
        withUnsafeMutableBytes(of: &end.sin_addr) { $0.copyBytes(from: address.prefix($0.count)) }
        return withGeneric(&end) { Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }

    private static func connect6(_ descriptor: CInt, _ address: [UInt8], _ port: UInt16) -> CInt {
        var end = sockaddr_in6()
        end.sin6_family = sa_family_t(AF_INET6)
        end.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &end.sin6_addr) { $0.copyBytes(from: address.prefix($0.count)) }
        return withGeneric(&end) { Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
    }

    private static func withGeneric<Address>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>) -> CInt
    ) -> CInt {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
        }
    }
}
