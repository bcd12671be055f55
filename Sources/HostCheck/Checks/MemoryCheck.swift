package import SystemPackage

/// How much memory a machine could get: what is free, and what the control groups of this login leave of it.
package struct MemoryCheck: Check {
    private let facts: FilePath
    private let ownGroup: FilePath
    private let groups: FilePath
    /// In MiB: a small machine and QEMU around it.
    static let least = 384

    package init(
        facts: FilePath = "/proc/meminfo", ownGroup: FilePath = "/proc/self/cgroup", groups: FilePath = "/sys/fs/cgroup"
    ) {
        self.facts = facts
        self.ownGroup = ownGroup
        self.groups = groups
    }

    package func examine() async -> Examination {
        guard let free = Self.available(in: TextFile.text(facts) ?? "") else { return Examination() }
        let limited = limit.map { min(free, $0) } ?? free
        if limited < Self.least { return .found(.memoryShort, "\(limited) MiB, where \(Self.least) are needed") }
        if limited < free / 2 { return .found(.memoryLimited, "\(limited) of \(free) MiB") }
        return .fact("memory", "\(limited) MiB available")
    }

    /// In MiB: what programs could use without anything being written out.
    static func available(in text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }) else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1024 }
    }

    /// In MiB: what the control group of this process and those around it leave; `nil` where none limits it.
    private var limit: Int? {
        let lines = (TextFile.text(ownGroup) ?? "").split(separator: "\n")
        guard let own = lines.first(where: { $0.hasPrefix("0::/") })?.dropFirst("0::/".count) else { return nil }
        var group = FilePath(String(own))
        var least: Int?
        while true {
            if let left = left(in: groups.pushing(group)) { least = min(least ?? left, left) }
            if group.components.isEmpty { return least }
            group.removeLastComponent()
        }
    }

    private func left(in group: FilePath) -> Int? {
        guard let most = TextFile.words(group.appending("memory.max")).first.flatMap({ Int($0) }),
            let used = TextFile.words(group.appending("memory.current")).first.flatMap({ Int($0) })
        else { return nil }
        return max(0, most - used) >> 20
    }
}
