import Addresses
import ArgumentParser
import MachineConfig
import OwnerDoor

/// `lodger images`.
struct ImagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images", abstract: "Show or remove downloaded images.",
        subcommands: [List.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Show downloaded images.")

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            let images = try await RunningDaemon.images()
            if json { return try Output.json(images) }
            if images.isEmpty { return print("no images") }
            let rows = images.map { image in
                [
                    String(image.digest.description.prefix(12)),
                    Quantity.text(ofBytes: image.size) + (image.complete ? "" : " (part)"),
                    image.lastUsed.map(Output.day) ?? "-",
                    image.sites.map(\.description).joined(separator: " "),
                ]
            }
            Output.table([["SHA256", "SIZE", "USED", "SITES"]] + rows)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove an image that no machine needs.")

        @Argument(help: "The image's sha256 digest, or its beginning.")
        var digest: String

        func run() async throws {
            let known = try await RunningDaemon.images().map(\.digest)
            try await RunningDaemon.tell(
                .removeImage(RunningDaemon.only(of: known, beginningWith: digest, called: "image")))
        }
    }
}
