import Addresses
import ArgumentParser
import OwnerDoor

/// `lodger block`.
struct BlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "As revoke, and the site is not even asked about any more.")

    @Argument(help: "The site, such as https://project.example.")
    var site: SiteOrigin

    func run() async throws { try await RunningDaemon.tell(.block(site)) }
}
