package import Addresses
package import FoundationEssentials
package import MachineConfig
import Storage

/// What an owner has allowed a site for some time: the same or less, with the same key and the same images.
package struct Grant: Record, Hashable {
    package let site: SiteOrigin
    package let key: KeyThumbprint
    package let configuration: MachineConfiguration
    package let since: Date
    package let until: Date

    /// In seconds.
    private static let life: TimeInterval = 30 * 86400

    init(_ verified: VerifiedConfiguration, now: Date) {
        site = verified.site
        key = verified.key
        configuration = verified.configuration
        since = now
        until = now + Self.life
    }

    /// One for each name of each site.
    package var identifier: String {
        SHA256Digest(hashing: Array("\(site) \(configuration.name)".utf8)).description
    }

    /// Whether a configuration asks for nothing that was not allowed.
    func covers(_ verified: VerifiedConfiguration, now: Date) -> Bool {
        let asked = verified.configuration
        let given = configuration
        return now < until && now >= since - 86400 && verified.site == site && verified.key == key
            && asked.name == given.name && asked.cpus <= given.cpus && asked.memory <= given.memory
            && asked.diskDemand <= given.diskDemand
            && Set(asked.images.map(\.digest)) == Set(given.images.map(\.digest))
            && asked.lifetime.minutes <= given.lifetime.minutes
            && (given.lifetime.background || !asked.lifetime.background)
            && Set(asked.ports).isSubset(of: given.ports) && allowsHosts(of: asked) && asked.boot == given.boot
            && asked.firmware == given.firmware
    }

    private func allowsHosts(of asked: MachineConfiguration) -> Bool {
        if configuration.internet { return true }
        return !asked.internet
            && asked.hosts.allSatisfy { host in
                configuration.hosts.contains { $0.name == host.name && Set(host.ports).isSubset(of: $0.ports) }
            }
    }
}
