import CLinux
import Glibc
package import SystemPackage

/// Asks the kernel which user owns the other end of a TCP connection inside this computer.
///
/// One exact question on a `sock_diag` netlink socket, answered before the system call returns.
package struct SocketOwners: ~Copyable, Sendable {
    private let netlink: CInt

    package init() throws(Errno) {
        netlink = socket(AF_NETLINK, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), NETLINK_SOCK_DIAG)
        guard netlink >= 0 else { throw Errno(rawValue: errno) }
    }

    deinit { _ = close(netlink) }

    /// The user at the far end of an accepted connection; `nil` where the far end is not on this computer or has gone.
    package func ownerOfPeer(of connection: CInt) throws(Errno) -> UInt32? {
        var near = sockaddr_storage()
        var far = sockaddr_storage()
        guard readAddress(of: connection, into: &near, with: getsockname),
            readAddress(of: connection, into: &far, with: getpeername)
        else { return nil }
        guard let local = TCPEndpoint(near), let remote = TCPEndpoint(far) else { return nil }
        // The far end sees itself as the source.
        return try owner(from: remote, to: local)
    }

    /// The user who listens at a loopback address; `nil` where nobody does.
    package func ownerOfListener(at address: LoopbackAddress, port: UInt16) throws(Errno) -> UInt32? {
        let listener = TCPEndpoint(loopback: address, port: port)
        return try owner(from: listener, to: TCPEndpoint(anyOf: address))
    }

    private func owner(from source: TCPEndpoint, to destination: TCPEndpoint) throws(Errno) -> UInt32? {
        var request = Request()
        request.header.nlmsg_len = UInt32(MemoryLayout<Request>.size)
        request.header.nlmsg_type = UInt16(SOCK_DIAG_BY_FAMILY)
        request.header.nlmsg_flags = UInt16(NLM_F_REQUEST)
        request.query.sdiag_family = UInt8(source.family)
        request.query.sdiag_protocol = UInt8(IPPROTO_TCP)
        request.query.idiag_states = ~0
        request.query.id.idiag_sport = source.port
        request.query.id.idiag_dport = destination.port
        request.query.id.idiag_src = source.address
        request.query.id.idiag_dst = destination.address
        request.query.id.idiag_cookie = (~0, ~0)
        guard send(netlink, &request, MemoryLayout<Request>.size, 0) == MemoryLayout<Request>.size else {
            throw Errno(rawValue: errno)
        }
        return try readAnswer()
    }

    private func readAnswer() throws(Errno) -> UInt32? {
        try withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { buffer throws(Errno) -> UInt32? in
            let count = recv(netlink, buffer.baseAddress, buffer.count, CInt(MSG_DONTWAIT))
            guard count >= MemoryLayout<nlmsghdr>.size else { throw Errno(rawValue: count < 0 ? errno : EBADMSG) }
            let header = buffer.load(as: nlmsghdr.self)
            let payload = MemoryLayout<nlmsghdr>.size
            if header.nlmsg_type == UInt16(NLMSG_ERROR) {
                let failure = -buffer.load(fromByteOffset: payload, as: CInt.self)
                if failure == ENOENT { return nil }
                throw Errno(rawValue: failure)
            }
            guard header.nlmsg_type == UInt16(SOCK_DIAG_BY_FAMILY), count >= payload + MemoryLayout<inet_diag_msg>.size
            else { throw .badMessage }
            return buffer.load(fromByteOffset: payload, as: inet_diag_msg.self).idiag_uid
        }
    }

    private struct Request {
        var header = nlmsghdr()
        var query = inet_diag_req_v2()
    }
}

/// An address and port as `sock_diag` wants them: in network order, IPv4 in the first word.
private struct TCPEndpoint {
    let family: CInt
    let address: (UInt32, UInt32, UInt32, UInt32)
    let port: UInt16

    init?(_ storage: sockaddr_storage) {
        switch CInt(storage.ss_family) {
        case AF_INET:
            let four = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in.self) }
            family = AF_INET
            address = (four.sin_addr.s_addr, 0, 0, 0)
            port = four.sin_port
        case AF_INET6:
            let six = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in6.self) }
            family = AF_INET6
            address = six.sin6_addr.__in6_u.__u6_addr32
            port = six.sin6_port
        default:
            return nil
        }
    }

    init(loopback: LoopbackAddress, port: UInt16) {
        switch loopback {
        case .version4:
            family = AF_INET
            address = (UInt32(0x7F00_0001).bigEndian, 0, 0, 0)
        case .version6:
            family = AF_INET6
            address = (0, 0, 0, UInt32(1).bigEndian)
        }
        self.port = port.bigEndian
    }

    /// All zeros: what a listening socket has at its far end.
    init(anyOf loopback: LoopbackAddress) {
        family = loopback == .version4 ? AF_INET : AF_INET6
        address = (0, 0, 0, 0)
        port = 0
    }
}

typealias AddressQuestion = (CInt, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> CInt

/// Calls `getsockname` or `getpeername`.
func readAddress(of descriptor: CInt, into storage: inout sockaddr_storage, with question: AddressQuestion) -> Bool {
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &storage) { bytes in
        question(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size) == 0
    }
}
