import Addresses
package import Consent
package import Hypervisor
package import MachineConfig
package import Sites
package import SystemPackage
package import Trust

/// What the owner has decided: the defaults, over them the files, over them the command line.
package struct Settings: Sendable, Hashable {
    package var port: UInt16 = 5624
    /// Whether pages of `http://localhost:PORT` are let in.
    package var developmentSites = false
    package var accelerator = AcceleratorChoice.auto
    package var consent = ConsentDesk.Manner.automatic
    /// Certificates that are trusted beside the system's when something is fetched for a site.
    package var certificateAuthorities: FilePath?
    /// Older pages' configurations: CernVM's boot CDs, and who vouches for sites.
    package var vmcp = VMCPRules(images: SecureURL("https://cernvm.cern.ch/releases/"))
    package var keystore: Keystore?
    /// For how many days the story of a session is kept.
    package var traceDays = 14
    package var limits: OwnerLimits
    /// The most bytes a second that one guest sends to, and gets from, the internet; nil for no limit.
    package var networkRate: Int64?

    /// A list of older sites' keys, and the key of whoever signs it.
    package struct Keystore: Sendable, Hashable {
        package var place: KeystorePlace
        package var key: String
    }

    package init(limits: OwnerLimits) { self.limits = limits }
}

extension Settings {
    /// The defaults for this computer, and over them the files.
    init(reading files: [SettingsFile]) throws(SettingsFault) {
        self.init(limits: ThisComputer.defaultLimits)
        for file in files { try apply(file) }
    }

    /// Takes over what a file says; what it does not mention stays.
    package mutating func apply(_ file: SettingsFile) throws(SettingsFault) {
        var table = try file.table()
        if let value = try table.integer("port", in: 1...65535) { port = UInt16(value) }
        if let value = try table.flag("development-sites") { developmentSites = value }
        if let value = try table.word("accelerator", AcceleratorChoice.self) { accelerator = value }
        if let value = try table.word("consent", ConsentDesk.Manner.self) { consent = value }
        if let value = try table.path("certificate-authorities") { certificateAuthorities = value }
        if let value = try table.integer("trace-days", in: 1...365) { traceDays = Int(value) }
        if let cernvm = try table.table("cernvm") { try apply(cernvm: cernvm) }
        if let limits = try table.table("limits") { try apply(limits: limits) }
        try table.finish()
    }

    private mutating func apply(cernvm given: SettingsTable) throws(SettingsFault) {
        var table = given
        if let value = try table.folder("images") { vmcp.images = value }
        if let value = try table.flag("internet") { vmcp.internet = value }
        for (name, digest) in try table.digests("checksums") { vmcp.checksums[name] = digest }
        let place = try table.keystore("keystore")
        let key = try table.legacyKey("keystore-key")
        switch (place, key) {
        case (let place?, let key?): keystore = Keystore(place: place, key: key)
        case (nil, nil): break
        case (nil, .some): throw table.fault("keystore", "must be there beside keystore-key")
        case (.some, nil): throw table.fault("keystore-key", "must be there beside keystore")
        }
        try table.finish()
    }

    private mutating func apply(limits given: SettingsTable) throws(SettingsFault) {
        var table = given
        if let value = try table.integer("cpus", in: 1...256) { limits.cpus = Int(value) }
        if let value = try table.size("memory", in: 64 << 20...16 << 40) { limits.memory = Int(value >> 20) }
        if let value = try table.size("disk-per-site", in: 1 << 20...1 << 50) { limits.diskPerSite = value }
        if let value = try table.integer("machines-per-site", in: 1...100) { limits.machinesPerSite = Int(value) }
        if let value = try table.integer("machines", in: 1...100) { limits.machines = Int(value) }
        if let value = try table.minutes("lifetime", in: 1...525_600) { limits.lifetime = Int(value) }
        if let value = try table.rate("network-rate", in: 16 << 10...1 << 40) { networkRate = value }
        try table.finish()
    }
}
