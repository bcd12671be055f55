import ArgumentParser
import OwnerDoor

/// `lodger metrics`.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Show what the daemon has counted, in the text format of Prometheus.")

    func run() async throws {
        guard case .metrics(let text) = try await RunningDaemon.ask(.metrics) else { throw Failure.strangeReply }
        print(text, terminator: "")
    }
}
