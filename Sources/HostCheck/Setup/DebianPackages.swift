package import SystemPackage

/// What Debian's package system knows, asked as an ordinary user.
package struct DebianPackages: Sendable {
    private let query: FilePath
    private let apt: FilePath

    package init(query: FilePath = "/usr/bin/dpkg-query", apt: FilePath = "/usr/bin/apt-get") {
        self.query = query
        self.apt = apt
    }

    func missing(of packages: [String]) async -> [String] {
        var missing: [String] = []
        for package in packages {
            let arguments = ["--show", "--showformat", "${db:Status-Status}", package]
            if await ProgramRun.of(query, arguments) != .done("installed") { missing.append(package) }
        }
        return missing
    }

    /// What would come with them; empty where apt cannot say yet, as before its first update.
    func needed(by packages: [String]) async -> [String] {
        let arguments = ["--simulate", "--no-install-recommends", "--no-remove", "install"] + packages
        guard case .done(let text) = await ProgramRun.of(apt, arguments, within: .seconds(60)) else { return [] }
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        let installed = lines.filter { $0.first == "Inst" && $0.count > 1 }.map { String($0[1]) }
        return installed.filter { !packages.contains($0) }
    }
}
