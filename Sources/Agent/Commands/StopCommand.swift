import ArgumentParser
import OwnerDoor

/// `lodger stop`.
struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Switch machines off: the power button first, then the plug.")

    @Argument(help: "The session, or the beginning of its name in lodger status.")
    var session: String?

    @Flag(help: "Stop every machine.")
    var all = false

    func validate() throws {
        guard all != (session != nil) else { throw ValidationError("name a session, or write --all") }
    }

    func run() async throws {
        guard let session else { return try await RunningDaemon.tell(.stopAll) }
        let known = try await RunningDaemon.status().sessions.map(\.session)
        try await RunningDaemon.tell(.stop(RunningDaemon.only(of: known, beginningWith: session, called: "session")))
    }
}
