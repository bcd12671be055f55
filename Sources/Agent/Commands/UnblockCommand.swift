import Addresses
import ArgumentParser
import OwnerDoor

/// `lodger unblock`.
struct UnblockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unblock", abstract: "Let a blocked site ask again.")

    @Argument(help: "The site, such as https://project.example.")
    var site: SiteOrigin

    func run() async throws { try await RunningDaemon.tell(.unblock(site)) }
}
