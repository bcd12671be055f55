import FoundationEssentials
import SystemPackage
import Testing

/// What the manual pages leave out.
struct ManualTests {
    @Test func everyCommandAndOptionIsInTheManual() async throws {
        let manual = try Self.text("packaging/man/lodger.1")
        try await Home.with { home in
            let dump = try await home.lodger("--experimental-dump-help")
            let tool = try JSONDecoder().decode(Tool.self, from: Data(dump.output.utf8))
            let commands = tool.command.all.filter { $0.commandName != "help" && $0.commandName != "list" }
            #expect(commands.count > 15)
            for command in commands {
                #expect(manual.contains(command.commandName), "\(command.commandName)")
                for name in command.options where !["help", "version", "no-development-sites"].contains(name) {
                    #expect(manual.contains("--\(name)"), "\(command.commandName) --\(name)")
                }
            }
        }
    }

    @Test func everySettingIsInTheManualAndInTheDocuments() async throws {
        let manual = try Self.text("packaging/man/lodger.toml.5")
        let document = try Self.text("docs/settings.md")
        try await Home.with { home in
            for (text, prefix) in [("x = 1", ""), ("[limits]\nx = 1", "limits."), ("[cernvm]\nx = 1", "cernvm.")] {
                try await home.write(text, to: "wrong.toml")
                let wrong = try await home.lodger("run", "--config", home.path("wrong.toml")).errors
                let known = try #require(wrong.split(separator: "known here: ").last).split(separator: ", ")
                for name in known.map({ $0.filter { $0 != "\n" } }) where name != "limits" && name != "cernvm" {
                    #expect(manual.contains(name), "\(name)")
                    #expect(document.contains("`\(prefix)\(name)`"), "\(name)")
                }
            }
        }
    }

    /// Without the backslashes that only roff needs.
    private static func text(_ name: String) throws -> String {
        let top = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let text = try String(contentsOfFile: top.pushing(FilePath(name)).string, encoding: .utf8)
        return text.replacing("\\-", with: "-")
    }

    private struct Tool: Decodable {
        let command: Command
    }

    private struct Command: Decodable {
        let commandName: String
        let subcommands: [Command]?
        let arguments: [Argument]?

        struct Argument: Decodable {
            let names: [Name]?

            struct Name: Decodable {
                let kind: String
                let name: String
            }
        }

        var all: [Command] { [self] + (subcommands ?? []).flatMap(\.all) }

        var options: [String] { (arguments ?? []).flatMap { $0.names ?? [] }.filter { $0.kind == "long" }.map(\.name) }
    }
}
