import FoundationEssentials
import Glibc
import Linux
import SystemPackage
import Testing

/// What a program that broke out would go for: files, sockets and a process of the same user.
final class EscapeTargets {
    let folder: FilePath
    let port: UInt16
    let victim: Process
    private let sockets: [LocalListener]
    private let descriptors: [CInt]

    /// A process of the user that does nothing.
    struct Process {
        let identifier: pid_t

        init() throws {
            var identifier: pid_t = 0
            let words = [strdup("/usr/bin/sleep"), strdup("600"), nil]
            defer { words.forEach { free($0) } }
            try #require(posix_spawn(&identifier, "/usr/bin/sleep", nil, nil, words, nil) == 0)
            self.identifier = identifier
        }

        func end() {
            kill(identifier, SIGKILL)
            waitpid(identifier, nil, 0)
        }
    }

    init(in folder: FilePath) throws {
        self.folder = folder
        for name in ["home-file", "state-file", "other-disk"] {
            try Data("secret".utf8).write(to: URL(filePath: folder.appending(name).string))
        }
        sockets = try [folder.appending("bus"), folder.appending("owner.sock")].map { try LocalListener(at: $0) }
        victim = try Process()
        var address = sockaddr_in(
            sin_family: sa_family_t(AF_INET), sin_port: 0, sin_addr: in_addr(s_addr: UInt32(0x7F00_0001).bigEndian),
            sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
        let listener = try Self.listen(&address, AF_INET, MemoryLayout<sockaddr_in>.size)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutableBytes(of: &address) { bytes in
            _ = getsockname(listener, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
        }
        port = UInt16(bigEndian: address.sin_port)
        var unix = sockaddr_un()
        unix.sun_family = sa_family_t(AF_UNIX)
        let name = Array(Self.abstractName.utf8)
        withUnsafeMutableBytes(of: &unix.sun_path) { $0[1...].copyBytes(from: name) }
        descriptors = [listener, try Self.listen(&unix, AF_UNIX, 2 + 1 + name.count)]
    }

    private static let abstractName = "lodger-escape-\(getpid())"

    private static func listen<Address>(_ address: inout Address, _ family: CInt, _ size: Int) throws -> CInt {
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        let result = withUnsafeBytes(of: &address) { bytes in
            bind(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(size))
        }
        try #require(result == 0 && Glibc.listen(descriptor, 16) == 0)
        return descriptor
    }

    func end() {
        victim.end()
        for descriptor in descriptors { close(descriptor) }
        for path in outside { unlink(path) }
    }

    private var outside: [String] { ["/tmp", "/dev/shm"].map { "\($0)/planted-\(victim.identifier)" } }

    /// What any program of the user can do.
    var orders: [String] {
        let process = "\(victim.identifier)"
        return ["home-file", "state-file", "other-disk"].map { "read \(folder.appending($0))" }
            + ["bus", "owner.sock"].map { "socket \(folder.appending($0))" }
            + [
                "write \(folder.appending("other-disk"))", "create \(folder.appending("planted"))",
                "read /proc/\(process)/environ", "read /proc/\(process)/maps", "read /etc/passwd",
                "read /proc/\(process)/root/etc/passwd", "create \(outside[0])", "create \(outside[1])", "tcp \(port)",
                "abstract \(Self.abstractName)",
                "signal \(process)", "run /usr/bin/true", "namespace user", "privileges new",
            ]
    }

    /// What no program of an ordinary user should be able to do in any place.
    var madeForRoot: [String] {
        ["read /dev/mem", "write /dev/kmsg", "create /usr/planted", "mount /usr", "write /proc/sysrq-trigger"]
    }
}
