import FoundationEssentials

/// Who listens at a port of this computer, as far as we may know.
package struct PortHolder: Sendable, Hashable {
    package let user: UInt32
    /// Known only where it is a process of the same user that may be looked at.
    package let process: Process?

    package struct Process: Sendable, Hashable {
        package let identifier: Int32
        package let command: String
    }

    /// `nil` where nobody listens any more.
    package init?(port: UInt16) {
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            // A kernel without IPv6 has no second table.
            guard let text = try? String(contentsOfFile: table, encoding: .utf8),
                let (user, inode) = Self.listener(at: port, in: text)
            else { continue }
            self.user = user
            process = Self.process(holding: "socket:[\(inode)]")
            return
        }
        return nil
    }

    /// The user and the socket of a listener, by the kernel's table.
    static func listener(at port: UInt16, in table: String) -> (user: UInt32, inode: String)? {
        let digits = String(port, radix: 16, uppercase: true)
        let ending = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        for line in table.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[1].hasSuffix(ending), fields[3] == "0A", let user = UInt32(fields[7])
            else { continue }
            return (user, String(fields[9]))
        }
        return nil
    }

    private static func process(holding socket: String) -> Process? {
        let files = FileManager.default
        // What cannot be listed or read belongs to somebody else, or has ended meanwhile.
        for name in (try? files.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let identifier = Int32(name),
                let descriptors = try? files.contentsOfDirectory(atPath: "/proc/\(name)/fd")
            else { continue }
            // A descriptor may have been closed between two looks.
            for descriptor in descriptors
            where (try? files.destinationOfSymbolicLink(atPath: "/proc/\(name)/fd/\(descriptor)")) == socket {
                return Process(identifier: identifier, command: command(of: name))
            }
        }
        return nil
    }

    private static func command(of process: String) -> String {
        // Ended between two looks.
        let name = (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) ?? "?"
        return String(name.filter { !$0.isNewline })
    }
}
