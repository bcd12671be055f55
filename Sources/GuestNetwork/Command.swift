import Addresses
import ArgumentParser
import Glibc
import Linux
import Slirp
import SystemPackage
import Traffic

/// `lodger-net`: the network of one machine, as a process that lives as long as the machine.
@main
struct Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lodger-net",
        abstract:
            "Joins a machine's network card to sockets of the user, one for each forwarded port, and to what of the internet it may reach.",
        discussion: "Started by the lodger daemon; there is no need to start it by hand.")

    @Option(help: "The machine's own folder: its network card is qemu/net.sock there, port N becomes port-N.sock.")
    var folder: String

    @Option(name: .customLong("port"), help: "A TCP port of the guest to forward.")
    var ports: [UInt16] = []

    @Option(name: .customLong("host"), help: "A host that the guest may reach, as data.example:443+8443.")
    var hosts: [HostRule] = []

    @Flag(help: "The guest may reach all of the internet.")
    var internet = false

    @Option(help: "The most bytes a second from and to the internet, each.")
    var rate: Int64?

    @Option(help: "A folder of accounts of the traffic with the internet.")
    var traffic: String?

    @Option(help: "Whose account it is.")
    var session: String?

    func validate() throws {
        guard hosts.isEmpty || !internet else { throw ValidationError("--host goes without --internet") }
        guard rate.map({ $0 > 0 }) ?? true else { throw ValidationError("--rate must be more than 0") }
        guard (traffic == nil) == (session == nil) else { throw ValidationError("--traffic needs --session") }
    }

    func run() throws {
        try ProcessHardening.apply()
        try TerminationSignals.watch()
        let folder = FilePath(folder)
        let log = Log()
        guard try ProcessLock.take(folder.appending("net.lock")) else {
            log.write("another process serves this machine already")
            throw ExitCode(3)
        }
        let layout = NetworkLayout()
        let stack = NetworkStack(layout, isRestricted: choice == .nothing, limit: 1 << 20)
        let sockets = ports.map { folder.appending("port-\($0).sock") }
        for (port, socket) in zip(ports, sockets) {
            try remove(socket)
            try stack.forward(socket, to: port)
        }
        let card = folder.appending("qemu").appending("net.sock")
        let filter = FrameFilter(layout, ports: Set(ports), reach: GuestReach(choice))
        var border = Border(filter, stack: stack, rate: rate, meter: meter(log), log: log)
        var link = GuestLink(to: card, log: log)
        let end = link.run(&border)
        border.end()
        // While the machine runs, its card's socket is QEMU's.
        guard end == .machineGone else { return }
        log.write("the machine is gone")
        for path in sockets + [card] { try remove(path) }
    }

    private var choice: GuestReach.Choice {
        internet ? .everything : hosts.isEmpty ? .nothing : .hosts(hosts)
    }

    private func meter(_ log: Log) -> Meter? {
        guard let traffic, let session else { return nil }
        return Meter(TrafficBook(FilePath(traffic)), session: session, log: log)
    }

    /// One that is not there is no error.
    private func remove(_ path: FilePath) throws {
        do throws(Errno) {
            try Durability.unlink(path.string)
        } catch {
            guard error == .noSuchFileOrDirectory else { throw error }
        }
    }
}

extension HostRule: ExpressibleByArgument {}
