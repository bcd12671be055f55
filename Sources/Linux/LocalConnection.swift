import CLinux
import Glibc
package import SystemPackage

/// A stream between two processes of this computer; closed when nobody holds it any more.
package final class LocalConnection: Sendable {
    private let descriptor: CInt

    /// Takes the descriptor over, which must not block.
    package init(owning descriptor: CInt) { self.descriptor = descriptor }

    /// Connects to the socket at a path.
    package init(to path: FilePath, timeout: Duration) throws(Errno) {
        descriptor = try UnixStream.connect(to: path, timeout: timeout)
    }

    deinit { close(descriptor) }

    /// Whether the process at the other end runs as the same user as this one.
    package var isOfSameUser: Bool {
        var peer = lodger_peer()
        return lodger_peer_of(descriptor, &peer) == 0 && peer.uid == geteuid()
    }

    package func wait(_ direction: Readiness.Direction, within patience: Duration) async -> Readiness.Outcome {
        await Readiness.wait(for: descriptor, direction, within: patience)
    }

    /// What has arrived, at the most that many bytes: `nil` where nothing has, empty at the end of the stream.
    package func read(upTo limit: Int) throws(Errno) -> [UInt8]? {
        var reason: Errno?
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let got = recv(descriptor, buffer.baseAddress, limit, 0)
            count = max(got, 0)
            if got < 0 { reason = Errno(rawValue: errno) }
        }
        guard let reason else { return bytes }
        if reason == .resourceTemporarilyUnavailable || reason == .interrupted { return nil }
        throw reason
    }

    /// How many of the bytes were taken; 0 where there is no room now.
    package func write(_ bytes: ArraySlice<UInt8>) throws(Errno) -> Int {
        let sent = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        if sent >= 0 { return sent }
        let reason = Errno(rawValue: errno)
        if reason == .resourceTemporarilyUnavailable || reason == .interrupted { return 0 }
        throw reason
    }
}
