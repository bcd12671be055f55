/// One thing that is tried out on this computer.
package protocol Check: Sendable {
    func examine() async -> Examination
}

/// What checks found out.
package struct Examination: Sendable, Hashable {
    package private(set) var findings: [Finding]
    /// What is good to know in a report, such as versions.
    package private(set) var facts: [Fact]

    package struct Fact: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    init(_ findings: [Finding] = [], facts: [Fact] = []) {
        self.findings = findings
        self.facts = facts
    }

    static func found(_ kind: Finding.Kind, _ detail: String? = nil, command: String? = nil) -> Examination {
        Examination([Finding(kind, detail, command: command)])
    }

    static func fact(_ name: String, _ value: String) -> Examination {
        Examination(facts: [Fact(name: name, value: value)])
    }

    mutating func add(_ other: Examination) {
        findings += other.findings
        facts += other.facts
    }

    /// Whether nothing was found that keeps every machine from starting.
    package var canStart: Bool { !findings.contains { $0.kind.severity == .error } }

    /// Makes the checks, several at a time, and puts the worst first.
    package static func of(_ checks: [any Check]) async -> Examination {
        await withTaskGroup(of: (Int, Examination).self) { group in
            for (place, check) in checks.enumerated() {
                group.addTask { (place, await check.examine()) }
            }
            var parts: [(Int, Examination)] = []
            for await part in group { parts.append(part) }
            var whole = Examination()
            for (_, part) in parts.sorted(by: { $0.0 < $1.0 }) { whole.add(part) }
            let order = Finding.Severity.allCases
            // Findings of one severity stay in the order of the checks.
            whole.findings = order.flatMap { severity in whole.findings.filter { $0.kind.severity == severity } }
            return whole
        }
    }
}
