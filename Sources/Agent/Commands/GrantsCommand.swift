import ArgumentParser
import OwnerDoor

/// `lodger grants`.
struct GrantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grants", abstract: "Show what you allowed for longer, and whom you blocked.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        guard case .grants(let list) = try await RunningDaemon.ask(.grants) else { throw Failure.strangeReply }
        if json { return try Output.json(list) }
        if list.grants.isEmpty {
            print("nothing is allowed without a question")
        } else {
            let rows = list.grants.map { grant in
                [
                    "\(grant.site)", "\(grant.cpus)", "\(grant.memory)MiB", Output.day(grant.since),
                    Output.day(grant.until), grant.name,
                ]
            }
            Output.table([["SITE", "CPUS", "MEMORY", "SINCE", "UNTIL", "NAME"]] + rows)
        }
        for site in list.blocked { print("blocked: \(site)") }
    }
}
