import ArgumentParser
import Bridge
import Consent
import FoundationEssentials
import Hypervisor
import Linux
import Logging
import Sessions
import SystemPackage

extension AcceleratorChoice: ExpressibleByArgument {}
extension ConsentDesk.Manner: ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}

/// `lodger run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the daemon, in the foreground, until SIGTERM or Ctrl-C.",
        discussion: "Machines go on when it ends; the next one finds them again.")

    @Option(help: ArgumentHelp("Read these settings only.", valueName: "file"))
    var config: String?

    @Option(help: "The port on 127.0.0.1 and [::1]; 0 takes any that is free.")
    var port: UInt16?

    @Flag(inversion: .prefixedNo, help: "Let pages of http://localhost:PORT in as well.")
    var developmentSites: Bool?

    @Option(help: "What drives the machines: auto, kvm or tcg.")
    var accelerator: AcceleratorChoice?

    @Option(help: "How you are asked: automatic (in a window) or command-line.")
    var consent: ConsentDesk.Manner?

    @Option(
        help: "What is logged: trace, debug, info, notice, warning, error or critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else { throw ValidationError("no such level: \(text)") }
            return level
        })
    var logLevel = Logger.Level.info

    @Option(help: "How it is logged: text or json, an object a line.")
    var logFormat = LogFormat.text

    func run() async throws {
        guard !ThisProcess.isRoot else {
            throw Failure(
                .refused,
                "it does not run as root, for what pages start would be root's: start it as the user who views the pages"
            )
        }
        let environment = ProcessInfo.processInfo.environment
        try prepareProcess(environment)
        let sockets = ServiceSupervisor.takeSockets()
        let folders = try Folders(environment: environment, user: ThisProcess.user)
        let settings = try settings(folders)
        try folders.make()
        try beTheOnlyOne(folders)
        let daemon = try await Daemon(
            settings: settings, folders: folders, environment: environment, sockets: sockets)
        try await daemon.run()
    }

    private func prepareProcess(_ environment: [String: String]) throws(Failure) {
        do throws(Errno) {
            try ProcessHardening.applyToDaemon()
            try TerminationSignals.watch()
        } catch {
            throw Failure("the process cannot be set up: \(error)")
        }
        let style = StandardErrorLog.Style(logFormat, environment: environment)
        LoggingSystem.bootstrap(
            { [logLevel] label, provider in
                var log = StandardErrorLog(label: label, style: style, level: logLevel)
                log.metadataProvider = provider
                return log
            }, metadataProvider: LogContext.provider)
        // Beside the door's: files, libvirt, downloads.
        let wanted = BridgeLimits().descriptors + 256
        let given = ThisProcess.wantDescriptors(wanted)
        if given < wanted {
            Logger(label: "lodger").warning(
                "few descriptors: a crowd of pages may not all get in", metadata: ["limit": "\(given)"])
        }
    }

    private func settings(_ folders: Folders) throws(Failure) -> Settings {
        var settings: Settings
        do throws(SettingsFault) {
            settings = try Settings(reading: SettingsFile.all(folders, instead: config))
        } catch {
            throw Failure(.settings, error.description)
        }
        if let port { settings.port = port }
        if let developmentSites { settings.developmentSites = developmentSites }
        if let accelerator { settings.accelerator = accelerator }
        if let consent { settings.consent = consent }
        return settings
    }

    private func beTheOnlyOne(_ folders: Folders) throws(Failure) {
        let holder: CInt?
        do throws(Errno) {
            if try ProcessLock.take(folders.lock) { return }
            holder = try ProcessLock.holder(of: folders.lock)
        } catch {
            throw Failure("\(folders.lock) cannot be locked: \(error)")
        }
        let process = holder.map { " (process \($0))" } ?? ""
        throw Failure(.alreadyRunning, "it runs already\(process); see: lodger status")
    }
}
