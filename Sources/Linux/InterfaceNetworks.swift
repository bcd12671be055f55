import CLinux
import Glibc
package import SystemPackage

/// The addresses of this computer's network interfaces, each with the network that it lies in.
package enum InterfaceNetworks {
    package struct Entry: Hashable, Sendable {
        /// 4 or 16 bytes in network order.
        package let address: [UInt8]
        /// How many of its first bits all addresses of the network share.
        package let prefix: Int
    }

    /// All that there are now; the far end of a direct line counts as a network of its own.
    package static func current() throws(Errno) -> [Entry] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { throw Errno(rawValue: errno) }
        defer { freeifaddrs(first) }
        var entries: [Entry] = []
        var next = first
        while let interface = next?.pointee {
            next = interface.ifa_next
            guard let address = bytes(of: interface.ifa_addr) else { continue }
            let mask = bytes(of: interface.ifa_netmask) ?? []
            let bits = mask.count == address.count ? mask.reduce(0) { $0 + $1.nonzeroBitCount } : address.count * 8
            entries.append(Entry(address: address, prefix: bits))
            if interface.ifa_flags & UInt32(IFF_POINTOPOINT) != 0,
                let peer = bytes(of: interface.ifa_ifu.ifu_dstaddr)
            {
                entries.append(Entry(address: peer, prefix: peer.count * 8))
            }
        }
        return entries
    }

    private static func bytes(of address: UnsafeMutablePointer<sockaddr>?) -> [UInt8]? {
        guard let address else { return nil }
        let raw = UnsafeRawPointer(address)
        switch CInt(address.pointee.sa_family) {
        case AF_INET: return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { [UInt8]($0) }
        case AF_INET6: return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { [UInt8]($0) }
        default: return nil
        }
    }
}
