import Linux

/// What `lodger setup` would change on this computer, in order; nothing else is changed.
package struct SetupPlan: Sendable, Hashable {
    package let steps: [Step]

    package enum Step: Sendable, Hashable {
        /// Packages that are missing, and what Debian installs with them.
        case install([String], andWhatTheyNeed: [String])
        case joinKVMGroup

        package var remedy: Remedy {
            switch self {
            case .install: .installPackages
            case .joinKVMGroup: .joinKVMGroup
            }
        }

        package var description: String {
            switch self {
            case .install(let packages, let others):
                "install from Debian: \(packages.joined(separator: " "))"
                    + (others.isEmpty ? "" : "\n    with what they need: \(others.joined(separator: " "))")
            case .joinKVMGroup: "add you to the group kvm, which may use hardware virtualisation"
            }
        }

        /// What an administrator types to the same end.
        package var byHand: String {
            switch self {
            case .install(let packages, _):
                "sudo apt-get install --no-install-recommends \(packages.joined(separator: " "))"
            case .joinKVMGroup: "sudo usermod --append --groups kvm \(UserName.of(ThisProcess.user))"
            }
        }
    }

    package init(steps: [Step]) { self.steps = steps }

    /// What would mend the findings.
    package init(for findings: [Finding], debian: DebianPackages = DebianPackages()) async {
        let remedies = Set(findings.compactMap(\.kind.remedy))
        var steps: [Step] = []
        if remedies.contains(.installPackages) {
            let missing = await debian.missing(of: Remedy.packages)
            if !missing.isEmpty { steps.append(.install(missing, andWhatTheyNeed: await debian.needed(by: missing))) }
        }
        if remedies.contains(.joinKVMGroup) { steps.append(.joinKVMGroup) }
        self.init(steps: steps)
    }
}
