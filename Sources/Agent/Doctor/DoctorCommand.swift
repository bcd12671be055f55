import ArgumentParser
import FoundationEssentials
import HostCheck
import Linux

/// `lodger doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Try out whether machines can run here, and say what stands in the way.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try Self.refuseRoot()
        let examination = try await ComputerChecks(environment: ProcessInfo.processInfo.environment).examine()
        if json {
            try Output.json(Report(examination))
        } else {
            Self.show(examination)
        }
        guard examination.canStart else { throw Failure("no machine can start here") }
    }

    /// What is true for root is not true for who views pages.
    static func refuseRoot() throws(Failure) {
        guard !ThisProcess.isRoot else {
            throw Failure(.refused, "run it as the user who views the pages, not as root")
        }
    }

    static func show(_ examination: Examination) {
        for finding in examination.findings {
            print("\(finding.kind.severity): \(finding.cause) [\(finding.kind.rawValue)]")
            print("    \(finding.kind.fix)")
            if let command = finding.command { print("    $ \(command)") }
        }
        for fact in examination.facts { print("\(fact.name): \(fact.value)") }
        if examination.canStart { print("machines can start here") }
    }

    private struct Report: Encodable {
        let canStart: Bool
        let findings: [Finding]
        let facts: [String: String]

        init(_ examination: Examination) {
            canStart = examination.canStart
            findings = examination.findings
            facts = Dictionary(examination.facts.map { ($0.name, $0.value) }) { "\($0); \($1)" }
        }
    }
}
