import CLinux
import Glibc

/// The system's own way from a name to addresses: `/etc/hosts`, DNS and what else the owner set up.
package enum NameLookup {
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// Every address of the name, 4 or 16 bytes in network order; blocks, for half a minute where no server answers.
    package static func addresses(of host: String) throws(Failure) -> [[UInt8]] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else { throw Failure(description: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(first) }
        return sequence(first: first) { $0?.pointee.ai_next }.compactMap { $0.flatMap(bytes) }
    }

    private static func bytes(of entry: UnsafeMutablePointer<addrinfo>) -> [UInt8]? {
        guard let address = UnsafeRawPointer(entry.pointee.ai_addr) else { return nil }
        switch entry.pointee.ai_family {
        case AF_INET:
            let inet = address.loadUnaligned(as: sockaddr_in.self)
            return withUnsafeBytes(of: inet.sin_addr) { [UInt8]($0) }
        case AF_INET6:
            let inet = address.loadUnaligned(as: sockaddr_in6.self)
            return withUnsafeBytes(of: inet.sin6_addr) { [UInt8]($0) }
        default:
            return nil
        }
    }
}
