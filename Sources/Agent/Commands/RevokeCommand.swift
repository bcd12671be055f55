import Addresses
import ArgumentParser
import OwnerDoor

/// `lodger revoke`.
struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take back all that a site was allowed, and switch its machines off at once.")

    @Argument(help: "The site, such as https://project.example.")
    var site: SiteOrigin

    func run() async throws { try await RunningDaemon.tell(.revoke(site)) }
}
