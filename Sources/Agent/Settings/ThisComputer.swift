import FoundationEssentials
import MachineConfig

/// What the default limits are measured by.
enum ThisComputer {
    static var defaultLimits: OwnerLimits {
        OwnerLimits(defaultsFor: ProcessInfo.processInfo.activeProcessorCount, freeMemory: freeMemory)
    }

    /// In MiB: what programs could use without anything being written out.
    private static var freeMemory: Int {
        // A kernel that does not tell leaves the least.
        guard let facts = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return 0 }
        return freeMemory(in: facts) ?? 0
    }

    /// In MiB.
    static func freeMemory(in facts: String) -> Int? {
        for line in facts.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1024 }
        }
        return nil
    }
}
