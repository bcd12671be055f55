import ArgumentParser
import OwnerDoor

/// `lodger approve`.
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Allow what a question asks for.")

    @Argument(help: "The question, or the beginning of its name in lodger requests.")
    var request: String

    @Flag(help: "Allow the same or less for 30 days.")
    var remember = false

    func run() async throws {
        let known = try await RunningDaemon.requests().map(\.consent)
        let consent = try RunningDaemon.only(of: known, beginningWith: request, called: "question")
        try await RunningDaemon.tell(.approve(consent, remember: remember))
    }
}
