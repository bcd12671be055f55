import ArgumentParser
import Glibc
import Linux
import Slirp
import SystemPackage

/// `lodger-net`: the network of one machine, as a process that lives as long as the machine.
@main
struct Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lodger-net",
        abstract: "Joins a machine's network card to sockets of the user, one for each forwarded port.",
        discussion: "Started by the lodger daemon; there is no need to start it by hand.")

    @Option(help: "The machine's own folder: its network card is net.sock there, port N becomes port-N.sock.")
    var folder: String

    @Option(name: .customLong("port"), help: "A TCP port of the guest to forward.")
    var ports: [UInt16] = []

    func run() throws {
        try ProcessHardening.apply()
        let folder = FilePath(folder)
        let log = Log()
        guard try ProcessLock.take(folder.appending("net.lock")) else {
            log.write("another process serves this machine already")
            throw ExitCode(3)
        }
        let layout = NetworkLayout()
        let stack = NetworkStack(layout, limit: 1 << 20)
        let sockets = ports.map { folder.appending("port-\($0).sock") }
        for (port, socket) in zip(ports, sockets) {
            try remove(socket)
            try stack.forward(socket, to: port)
        }
        let card = folder.appending("net.sock")
        var link = GuestLink(to: card, filter: FrameFilter(layout, ports: Set(ports)), stack: stack, log: log)
        link.run()
        log.write("the machine is gone")
        for path in sockets + [card] { try remove(path) }
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
