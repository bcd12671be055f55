import Addresses
import Bridge
import FoundationEssentials
import Glibc
import Linux
import Logging
import MachineConfig
import Sessions
import Storage
import SystemPackage
import TestSupport
import Trust

// The daemon's door alone, before a broker whose machines are a fake: displays lead to a unix socket.
// For `bench/relay.py` to measure and for `Tests/Load/load.py` to crowd.
//
//   RelayBench SOCKET   prints the port and serves until it is killed

guard CommandLine.arguments.count == 2, let site = SiteOrigin("https://project.example") else { exit(64) }
let path = FilePath(CommandLine.arguments[1])
let folder = path.removingLastComponent().appending("state")
let quiet = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

let relays = RelaySource { (_, _, _) async throws(SessionError) in
    do throws(Errno) {
        return ConnectedSocket(owning: try UnixStream.connect(to: path, timeout: .seconds(10)))
    } catch {
        throw .host(.failed("\(error)"))
    }
}
let broker = SessionBroker(
    source: try FakePublisher(site: site), consent: FakeConsentAsker(), images: FakeImageStore(),
    host: FakeMachineHost(), records: RecordFolder(folder.appending("sessions")),
    trusted: try TrustBook(folder: folder.appending("trust"), registrableDomain: { $0 }, developmentSites: true),
    limits: OwnerLimits(cpus: 2, memory: 1024, diskPerSite: 1 << 30, machinesPerSite: 1, machines: 1, lifetime: 60),
    rules: BrokerRules(), logger: quiet)
let server = try BridgeServer(
    configuration: .init(port: 0, developmentSites: true, version: "bench"), broker: broker, relays: relays,
    logger: quiet)
_ = ThisProcess.wantDescriptors(BridgeLimits().descriptors + 256)
print(server.port)
fflush(nil)
await withDiscardingTaskGroup { group in
    group.addTask { await broker.run() }
    await server.run()
    group.cancelAll()
}
