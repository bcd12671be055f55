import Bridge
import FoundationEssentials
import Glibc
import Logging
import Sessions

// The daemon's relay alone, between WebSockets and a unix socket, for `bench/relay.py` to measure.
//
//   RelayBench SOCKET   prints the port and serves until it is killed

guard CommandLine.arguments.count == 2 else { exit(64) }
let path = CommandLine.arguments[1]

@Sendable func connect(to path: String) throws(SessionError) -> ConnectedSocket {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < 107 else { throw .host(.failed("the path is too long")) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let descriptor = socket(AF_UNIX, 1 /* SOCK_STREAM */, 0)
    let connected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    guard connected == 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw .host(.portNotAnswering) }
    return ConnectedSocket(owning: descriptor)
}

let relays = RelaySource { (_, _, _) async throws(SessionError) in try connect(to: path) }
let server = try BridgeServer(
    configuration: .init(port: 0, developmentSites: true, version: "bench"), broker: nil, relays: relays,
    logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
print(server.port)
fflush(nil)
await server.run()
