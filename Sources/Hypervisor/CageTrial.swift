import Cage
import FoundationEssentials
import Subprocess
import Synchronization
import SystemPackage

/// Finds out by doing whether this computer lets us build cages.
final class CageTrial: Sendable {
    private let settings: HypervisorSettings
    private let passed = Mutex(false)

    init(_ settings: HypervisorSettings) { self.settings = settings }

    /// What stands in the way, for people; nil where nothing does.
    ///
    /// Only a good answer is remembered.
    func problem() async -> String? {
        if passed.withLock({ $0 }) { return nil }
        for (program, package) in [("/usr/bin/bwrap", "bubblewrap"), (settings.cage.builder.string, "lodger")] {
            guard FileManager.default.isExecutableFile(atPath: program) else {
                return "There is no \(program), without which machines are not confined: install \(package)."
            }
        }
        let arguments = settings.cage.arguments(CagePolicy(program: settings.emulator), ["--version"])
        do {
            let result = try await Subprocess.run(
                .path(settings.cage.builder), arguments: Arguments(arguments), environment: .custom([:]),
                output: .discarded, error: .string(limit: 1 << 16))
            guard !result.terminationStatus.isSuccess else {
                passed.withLock { $0 = true }
                return nil
            }
            let words = result.standardError.split(separator: "\n").last ?? "no reason given"
            return "Machines cannot be confined here (\(words)): allow user namespaces to ordinary users."
        } catch {
            return "Machines cannot be confined here: \(error)."
        }
    }
}
