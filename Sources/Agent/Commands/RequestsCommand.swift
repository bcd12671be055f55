import ArgumentParser
import OwnerDoor

/// `lodger requests`.
struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests", abstract: "Show the questions that wait for your answer.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let requests = try await RunningDaemon.requests()
        if json { return try Output.json(requests) }
        if requests.isEmpty { print("no questions") }
        for request in requests {
            print("\(request.consent)  \(request.site)  \(request.age) s ago")
            for line in request.lines { print("    \(line)") }
        }
    }
}
