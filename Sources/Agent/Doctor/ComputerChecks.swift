import Consent
import FoundationEssentials
import HostCheck
import Hypervisor
import Linux
import Logging
import OwnerDoor
import SystemPackage

/// The checks of this computer for this user: which there are, and who answers their questions.
struct ComputerChecks {
    private let environment: [String: String]
    private let folders: Folders
    private let helpers: HelperPrograms
    private let settings: Settings
    /// Why the settings are not the owner's.
    private let fault: SettingsFault?

    init(environment: [String: String]) throws(Failure) {
        self.environment = environment
        folders = try Folders(environment: environment, user: ThisProcess.user)
        helpers = try HelperPrograms()
        do throws(SettingsFault) {
            settings = try Settings(reading: SettingsFile.all(folders, instead: nil))
            fault = nil
        } catch {
            settings = Settings(limits: ThisComputer.defaultLimits)
            fault = error
        }
    }

    func examine() async -> Examination { await Examination.of(all) }

    private var all: [any Check] {
        var checks: [any Check] = [TrialCheck(.settingsWrong) { [fault] in fault?.description }]
        checks += machines
        checks += drives
        checks += desktop
        checks += [BrowserPolicyCheck(), door]
        return checks
    }

    private var machines: [any Check] {
        let hypervisor = Daemon.hypervisorSettings(settings, folders, helpers)
        // What the probe would log is a finding here.
        let probe = HypervisorProbe(
            hypervisor, logger: Logger(label: "doctor", factory: { _ in SwiftLogNoOpLogHandler() }))
        var checks: [any Check] = [
            EmulatorCheck(emulator: hypervisor.emulator),
            LibvirtCheck(isInstalled: HypervisorProbe.libvirtIsInstalled) { await Self.session(probe) },
            ConfinementCheck(),
            TrialCheck(.networkProgramMissing) { [helpers] in await Self.refusal(of: helpers.network) },
            MemoryCheck(),
        ]
        if settings.accelerator != .tcg {
            let group = UserGroup(named: "kvm")
            checks.append(
                HardwareCheck(
                    processor: ProcessorFacts(),
                    access: HardwareCheck.Access(
                        deviceIsOpenToGroup: group?.mayUse("/dev/kvm") ?? false, isMember: group?.hasUser ?? false,
                        isMemberNow: group?.isOfThisProcess ?? false),
                    isRequired: settings.accelerator == .kvm
                ) { await Self.outcome(probe) })
        }
        return checks
    }

    private var drives: [any Check] {
        var checks: [any Check] = [
            FolderCheck(folders.runtime.removingLastComponent(), for: .sockets),
            FolderCheck(folders.state, for: .state), FolderCheck(folders.cache, for: .cache),
            FolderCheck(FilePath(environment["TMPDIR"] ?? "/tmp"), for: .temporary),
        ]
        if let home = environment["HOME"] { checks.append(FolderCheck(FilePath(home), for: .home)) }
        return checks
    }

    /// On the command line questions need neither a desktop nor a window.
    private var desktop: [any Check] {
        guard settings.consent == .automatic else { return [BusCheck()] }
        return [
            DesktopCheck(environment: environment),
            TrialCheck(.consentWindowMissing) { [helpers] in Self.whyNoWindow(helpers) }, BusCheck(),
        ]
    }

    private var door: DoorCheck {
        let own = environment["HOME", default: ""] + "/.config/systemd/user"
        let units = ["/usr/lib/systemd/user", "/etc/systemd/user", own]
        return DoorCheck(
            port: settings.port,
            hasService: units.contains { FileManager.default.fileExists(atPath: "\($0)/lodger.socket") },
            daemon: { await Self.daemon() }, holder: { Self.holder(of: $0) })
    }
}

extension ComputerChecks {
    private static func session(_ probe: HypervisorProbe) async -> LibvirtCheck.Session {
        switch await probe.session() {
        case .open(let firmware): .open(firmware: firmware)
        case .withoutDriver: .withoutDriver
        case .closed(let reason): .closed(reason)
        }
    }

    private static func outcome(_ probe: HypervisorProbe) async -> HardwareCheck.Outcome {
        guard let obstacle = await probe.hardware() else { return .boots }
        return switch obstacle {
        case .absent: .noDevice
        case .forbidden: .forbidden
        case .slow: .slow
        case .notOpening(let reason), .fails(let reason), .distrusted(let reason): .fails(reason)
        case .emulatorFails, .emulatorSlow: .untried
        }
    }

    /// Why one of our programs does not start.
    private static func refusal(of program: FilePath) async -> String? {
        switch await ProgramRun.of(program, ["--help"]) {
        case .done: nil
        case .missing: "\(program) is not there"
        case .failed(let reason): reason
        }
    }

    private static func whyNoWindow(_ helpers: HelperPrograms) -> String? {
        let programs = ConsentDesk.Programs(window: helpers.window)
        var reasons: [String] = []
        for path in [programs.window, programs.zenity].compactMap(\.self) {
            do throws(ProgramRefused) {
                _ = try TrustedProgram(path)
                return nil
            } catch {
                reasons.append(error.description)
            }
        }
        return reasons.joined(separator: "; ")
    }

    private static func daemon() async -> DoorCheck.Daemon {
        do throws(Failure) {
            return .running(port: try await RunningDaemon.status().port)
        } catch {
            return error.status == .noDaemon ? .stopped : .strange(error.description)
        }
    }

    private static func holder(of port: UInt16) -> DoorCheck.Holder? {
        guard let holder = PortHolder(port: port) else { return nil }
        guard let process = holder.process else { return .other("by \(UserName.of(holder.user))") }
        // It holds the sockets until the first page comes.
        if process.command == "systemd", holder.user == ThisProcess.user { return .serviceManager }
        return .other("by \(process.command) (process \(process.identifier))")
    }
}
