import ArgumentParser
import Linux
import SystemPackage

/// The command `lodger`: the daemon, its owner's commands, and those of a site's owner.
struct Lodger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lodger",
        abstract: "Lets web pages run virtual machines on this computer, with your consent.",
        version: Version.current,
        groupedSubcommands: [
            CommandGroup(
                name: "Daemon",
                subcommands: [
                    RunCommand.self, StatusCommand.self, StopCommand.self, TraceCommand.self, MetricsCommand.self,
                ]),
            CommandGroup(name: "This computer", subcommands: [DoctorCommand.self, SetupCommand.self]),
            CommandGroup(
                name: "Permission",
                subcommands: [
                    RequestsCommand.self, ApproveCommand.self, DenyCommand.self, GrantsCommand.self,
                    RevokeCommand.self, BlockCommand.self, UnblockCommand.self, ImagesCommand.self,
                ]),
            CommandGroup(
                name: "Site", subcommands: [KeyCommand.self, SignCommand.self, VerifyCommand.self]),
        ])
}

@main
enum Main {
    static func main() async {
        do {
            var command = try Lodger.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            tell(failure.description)
            ThisProcess.exit(failure.status.rawValue)
        } catch {
            end(withParserError: error)
        }
        ThisProcess.exit(0)
    }

    /// Help and the version are no errors, and go where output goes.
    private static func end(withParserError error: any Error) -> Never {
        let text = Lodger.fullMessage(for: error)
        let status = Lodger.exitCode(for: error).rawValue
        if status == 0 {
            print(text)
        } else {
            let prefix = "Error: "
            tell(text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
        }
        ThisProcess.exit(status)
    }

    private static func tell(_ text: String) {
        // There is nowhere else to tell it.
        _ = try? FileDescriptor.standardError.writeAll(Array("lodger: \(text)\n".utf8))
    }
}
