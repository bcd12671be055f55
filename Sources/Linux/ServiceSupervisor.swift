import CLinux
import Glibc
package import SystemPackage

/// What systemd, or whoever started this process in its manner, hands over and wants to hear.
package enum ServiceSupervisor {
    /// Takes the listening sockets that were handed to this very process, so that no child takes them for its own.
    package static func takeSockets() -> [CInt] {
        defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
        guard let process = number("LISTEN_PID"), process == getpid(), let count = number("LISTEN_FDS"),
            (1...16).contains(count)
        else { return [] }
        let descriptors = Array(3..<(3 + count))
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return descriptors
    }

    /// Tells the supervisor a line such as `READY=1`; nobody who listens is no error.
    package static func notify(_ line: String) throws(Errno) {
        guard let place = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), !place.isEmpty else { return }
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var address = try UnixStream.address(FilePath(place))
        var size = MemoryLayout<sockaddr_un>.size
        if place.hasPrefix("@") {
            // A name without a file begins with a zero and ends where its length says.
            address.sun_path.0 = 0
            size = MemoryLayout<sa_family_t>.size + place.utf8.count
        }
        let bytes = Array(line.utf8)
        let sent = withUnsafeBytes(of: address) { raw in
            sendto(
                descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL),
                raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(size))
        }
        guard sent == bytes.count else { throw Errno(rawValue: errno) }
    }

    private static func number(_ variable: String) -> CInt? {
        getenv(variable).flatMap { CInt(String(cString: $0)) }
    }
}
