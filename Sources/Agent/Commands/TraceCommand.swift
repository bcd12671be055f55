import ArgumentParser
import OwnerDoor
import Sessions

/// `lodger trace`.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Tell the story of a session, step by step, with the time that each step took.")

    @Argument(help: "The session or machine, or the beginning of its identifier; all of them are listed without.")
    var session: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        guard let session else { return try await list() }
        guard case .story(let story) = try await RunningDaemon.ask(.story(session)) else { throw Failure.strangeReply }
        if json { return try Output.json(story) }
        print("session \(story.session)" + (story.site.map { "  \($0)" } ?? ""))
        Output.table([["TIME", "TOOK", "STEP", "DETAILS"]] + story.lines.map(Self.row))
    }

    private func list() async throws {
        guard case .stories(let stories) = try await RunningDaemon.ask(.stories) else { throw Failure.strangeReply }
        if json { return try Output.json(stories) }
        if stories.isEmpty { return print("no stories") }
        let rows = stories.map { story in
            [
                String(story.session.description.prefix(8)), Output.time(story.last),
                story.step.rawValue + (story.reason.map { " (\($0))" } ?? ""), story.site ?? "",
            ]
        }
        Output.table([["SESSION", "LAST", "STEP", "SITE"]] + rows)
    }

    private static func row(_ line: StoryLine) -> [String] {
        let details = line.details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return [
            Output.second(line.time), line.took.map(Self.text(ofMilliseconds:)) ?? "", line.step.rawValue,
            details.joined(separator: " "),
        ]
    }

    /// With the digits that mean something.
    private static func text(ofMilliseconds milliseconds: Double) -> String {
        if milliseconds < 1000 { return "\((milliseconds * 10).rounded() / 10) ms" }
        return "\((milliseconds / 100).rounded() / 10) s"
    }
}
