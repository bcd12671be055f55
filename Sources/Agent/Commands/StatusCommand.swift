import ArgumentParser
import OwnerDoor
import Sessions

/// `lodger status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the daemon and the machines that lodge here.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let status = try await RunningDaemon.status()
        if json { return try Output.json(status) }
        print("lodger \(status.version), process \(status.process), port \(status.port)")
        if status.requests > 0 {
            print("\(status.requests) waiting for your answer; see: lodger requests")
        }
        for file in status.setAside { print("\(file.reason), set aside: \(file.path)") }
        if status.sessions.isEmpty { return print("no sessions") }
        let head = ["SESSION", "STATE", "CPUS", "MEMORY", "INTERNET", "SITE", "NAME"]
        Output.table([head] + status.sessions.map(row))
    }

    /// Out of the guest and into it, this month.
    private func traffic(of session: Lodging) -> String {
        guard let traffic = session.traffic else { return "-" }
        return "\(Quantity.text(ofBytes: traffic.sent)) out, \(Quantity.text(ofBytes: traffic.received)) in"
    }

    private func row(_ session: Lodging) -> [String] {
        var state = session.state.rawValue
        if let accelerator = session.accelerator { state += " (\(accelerator.rawValue))" }
        if let reason = session.reason { state += " (\(reason.rawValue))" }
        return [
            String(session.session.description.prefix(8)), state, "\(session.cpus)", "\(session.memory)MiB",
            traffic(of: session), "\(session.site)", session.name,
        ]
    }
}
