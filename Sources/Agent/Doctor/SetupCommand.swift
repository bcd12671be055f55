import ArgumentParser
import FoundationEssentials
import HostCheck
import Linux

/// `lodger setup`.
struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Install what machines need, and let you use hardware virtualisation.",
        discussion: "Lists what it would change and asks, then lets root do that and nothing else.")

    @Flag(help: "Only list what would be changed.")
    var dryRun = false

    @Flag(help: "Change what is listed without asking here; root is still asked.")
    var yes = false

    func run() async throws {
        try DoctorCommand.refuseRoot()
        let environment = ProcessInfo.processInfo.environment
        let before = try await ComputerChecks(environment: environment).examine()
        let plan = await SetupPlan(for: before.findings)
        guard !plan.steps.isEmpty else {
            print("there is nothing that setup could change")
            return try Self.conclude(before)
        }
        print("This would be changed:")
        for step in plan.steps { print("  \(step.description)") }
        if dryRun { return }
        guard yes || Self.ownerAgrees() else { throw Failure("nothing was changed") }
        try await perform(plan, with: RootHelper(HelperPrograms().setup))
        try Self.conclude(await ComputerChecks(environment: environment).examine())
    }

    private func perform(_ plan: SetupPlan, with helper: RootHelper) async throws(Failure) {
        if let fault = helper.fault { throw Self.byHand(plan.steps, "root does not run the helper (\(fault))") }
        for (place, step) in plan.steps.enumerated() {
            print("\n> \(step.remedy.rawValue)")
            StandardOutput.flush()
            switch await helper.perform(step.remedy, hasTerminal: StandardInput.isTerminal) {
            case .done: continue
            case .refused: throw Failure("that was not allowed, and nothing more was changed")
            case .nobodyToAsk:
                throw Self.byHand(plan.steps[place...], "nobody can be asked for an administrator's password here")
            case .failed(let reason): throw Failure("\(step.remedy.rawValue): \(reason)")
            }
        }
    }

    private static func byHand(_ steps: some Sequence<SetupPlan.Step>, _ reason: String) -> Failure {
        let commands = steps.map { "\n    \($0.byHand)" }.joined()
        return Failure("\(reason); an administrator can run:\(commands)")
    }

    /// Where nobody sits at a terminal, nobody agrees.
    private static func ownerAgrees() -> Bool {
        guard StandardInput.isTerminal else { return false }
        print("Go on? [y/N] ", terminator: "")
        StandardOutput.flush()
        return ["y", "yes"].contains(readLine()?.lowercased())
    }

    /// Says what is left.
    private static func conclude(_ examination: Examination) throws(Failure) {
        print("")
        DoctorCommand.show(examination)
        guard examination.canStart else { throw Failure("no machine can start here yet") }
    }
}
