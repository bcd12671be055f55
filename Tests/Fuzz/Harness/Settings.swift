import Addresses
import Agent
import Consent
import Hypervisor
import MachineConfig
import SystemPackage
import Trust

/// A settings file: what is applied is in its range, and says the same when it is written again.
@Sendable func fuzzSettings(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let defaults = Settings(limits: OwnerLimits(defaultsFor: 4, freeMemory: 8192))
    var settings = defaults
    do {
        try settings.apply(SettingsFile(path: "/a.toml", text: text))
    } catch {
        demand(!error.description.isEmpty, "a fault without words")
        return
    }
    let limits = settings.limits
    demand(settings.port > 0, "port 0")
    demand((1...256).contains(limits.cpus) && (64...16 << 20).contains(limits.memory), "\(limits)")
    demand((1 << 20...1 << 50).contains(limits.diskPerSite) && (1...525_600).contains(limits.lifetime), "\(limits)")
    demand((1...100).contains(limits.machinesPerSite) && (1...100).contains(limits.machines), "\(limits)")
    if let path = settings.certificateAuthorities { demand(path.isAbsolute, "\(path)") }
    var again = defaults
    do {
        try again.apply(SettingsFile(path: "/a.toml", text: written(settings)))
    } catch {
        fatalError("what was written is not taken: \(error)")
    }
    if let images = settings.vmcp.images { demand(images.origin.scheme == .https, "\(images)") }
    // Older pages' settings are not written again here.
    (again.vmcp, again.keystore) = (settings.vmcp, settings.keystore)
    demand(again == settings, "other settings read back")
}

private func written(_ settings: Settings) -> String {
    let disk = settings.limits.diskPerSite
    let authorities = settings.certificateAuthorities.map { path in
        let escaped = path.string.unicodeScalars.map { scalar in
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return "certificate-authorities = \"\(escaped.joined())\"\n"
    }
    return """
        port = \(settings.port)
        development-sites = \(settings.developmentSites)
        accelerator = "\(settings.accelerator.rawValue)"
        consent = "\(settings.consent.rawValue)"
        \(authorities ?? "")
        [limits]
        cpus = \(settings.limits.cpus)
        memory = "\(settings.limits.memory)MiB"
        disk-per-site = "\(disk >> 20)MiB"
        machines-per-site = \(settings.limits.machinesPerSite)
        machines = \(settings.limits.machines)
        lifetime = "\(settings.limits.lifetime)min"
        """
}
