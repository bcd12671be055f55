package import Addresses
import SystemPackage

/// The name servers that this computer asks.
package enum NameServers {
    private static let file: FilePath = "/etc/resolv.conf"
    private static let largest = 64 << 10

    /// At most three, as in the C library; without any, the one of this computer.
    package static func configured() -> [IPAddress] {
        // Whatever is wrong with the file, there is no name server in it.
        let text = (try? read()) ?? ""
        let servers = parse(text)
        return servers.isEmpty ? [IPAddress([127, 0, 0, 1])] : servers
    }

    /// Lines that are something else, or name a server by its interface, are passed over.
    package static func parse(_ text: String) -> [IPAddress] {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(whereSeparator: \.isWhitespace) }
        let servers = lines.filter { $0.count >= 2 && $0[0] == "nameserver" }.compactMap { IPAddress(String($0[1])) }
        return Array(servers.prefix(3))
    }

    private static func read() throws -> String {
        let descriptor = try FileDescriptor.open(file, .readOnly, options: [.closeOnExec, .nonBlocking])
        return try descriptor.closeAfter {
            var bytes = [UInt8](repeating: 0, count: largest)
            let count = unsafe try bytes.withUnsafeMutableBytes { unsafe try descriptor.read(into: $0) }
            return String(decoding: bytes.prefix(count), as: UTF8.self)
        }
    }
}
