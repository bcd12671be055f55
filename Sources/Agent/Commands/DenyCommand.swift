import ArgumentParser
import OwnerDoor

/// `lodger deny`.
struct DenyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "deny", abstract: "Say no to a question.")

    @Argument(help: "The question, or the beginning of its name in lodger requests.")
    var request: String

    func run() async throws {
        let known = try await RunningDaemon.requests().map(\.consent)
        try await RunningDaemon.tell(.deny(RunningDaemon.only(of: known, beginningWith: request, called: "question")))
    }
}
