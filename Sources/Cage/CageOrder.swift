import SystemPackage

/// A policy and the program's arguments as words on a command line: how the processes that build a cage tell each other.
package struct CageOrder: Hashable, Sendable {
    package var policy: CagePolicy
    package var arguments: [String]

    package init(policy: CagePolicy, arguments: [String] = []) {
        self.policy = policy
        self.arguments = arguments
    }

    package var words: [String] {
        func all(_ option: String, _ paths: [FilePath]) -> [String] { paths.flatMap { [option, $0.string] } }
        func number(_ option: String, _ value: UInt64?) -> [String] { value.map { [option, "\($0)"] } ?? [] }
        var words = ["--program", policy.program.string]
        words += all("--read", policy.reads) + all("--write", policy.writes) + all("--device", policy.devices)
        if policy.network != .none { words += ["--network", policy.network.rawValue] }
        if !policy.ownProcesses { words.append("--shared-processes") }
        if policy.outlivesStarter { words.append("--outlives-starter") }
        words += number("--memory", policy.limits.memory) + number("--file-size", policy.limits.fileSize)
        words += number("--processor-time", policy.limits.processorTime)
        return words + ["--"] + arguments
    }

    package init(_ words: [String]) throws(CageFault) {
        guard let end = words.firstIndex(of: "--") else { throw CageFault("no -- behind the policy") }
        var rest = words[..<end]
        guard rest.popFirst() == "--program" else { throw CageFault("no --program before all else") }
        policy = CagePolicy(program: try Self.path(&rest))
        arguments = Array(words[(end + 1)...])
        while let option = rest.popFirst() { try take(option, &rest) }
    }

    private mutating func take(_ option: String, _ rest: inout ArraySlice<String>) throws(CageFault) {
        switch option {
        case "--read": policy.reads.append(try Self.path(&rest))
        case "--write": policy.writes.append(try Self.path(&rest))
        case "--device": policy.devices.append(try Self.path(&rest))
        case "--network": policy.network = try Self.network(&rest)
        case "--shared-processes": policy.ownProcesses = false
        case "--outlives-starter": policy.outlivesStarter = true
        case "--memory": policy.limits.memory = try Self.number(&rest)
        case "--file-size": policy.limits.fileSize = try Self.number(&rest)
        case "--processor-time": policy.limits.processorTime = try Self.number(&rest)
        default: throw CageFault("no such option: \(option)")
        }
    }

    /// Absolute, and nothing in it leads up or in circles.
    private static func path(_ rest: inout ArraySlice<String>) throws(CageFault) -> FilePath {
        guard let word = rest.popFirst() else { throw CageFault("a path is missing") }
        let path = FilePath(word)
        guard path.isAbsolute, path.isLexicallyNormal, path.string == word, path != "/" else {
            throw CageFault("not a plain absolute path: \(word)")
        }
        return path
    }

    private static func network(_ rest: inout ArraySlice<String>) throws(CageFault) -> CageNetwork {
        guard let network = rest.popFirst().flatMap({ CageNetwork(rawValue: $0) }) else {
            throw CageFault("no such network")
        }
        return network
    }

    private static func number(_ rest: inout ArraySlice<String>) throws(CageFault) -> UInt64 {
        guard let value = rest.popFirst().flatMap({ UInt64($0) }) else {
            throw CageFault("a number is missing")
        }
        return value
    }
}
