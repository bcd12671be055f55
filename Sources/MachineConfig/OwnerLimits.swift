/// What the owner of this computer gives away at the most.
package struct OwnerLimits: Hashable, Sendable {
    package var cpus: Int
    /// In MiB.
    package var memory: Int
    /// In bytes, all images and overlays of one site together.
    package var diskPerSite: Int64
    package var machinesPerSite: Int
    package var machines: Int
    /// The longest life of one machine, in minutes.
    package var lifetime: Int

    package init(cpus: Int, memory: Int, diskPerSite: Int64, machinesPerSite: Int, machines: Int, lifetime: Int) {
        self.cpus = cpus
        self.memory = memory
        self.diskPerSite = diskPerSite
        self.machinesPerSite = machinesPerSite
        self.machines = machines
        self.lifetime = lifetime
    }
}

/// A request that asks for more than the owner gives.
package struct LimitExceeded: Error, Hashable, Sendable {
    package let limit: Limit
    package let asked: Int64
    package let allowed: Int64

    package enum Limit: String, Sendable {
        case cpus
        case memory
        case diskPerSite = "disk-per-site"
        case machinesPerSite = "machines-per-site"
        case machines
        case lifetime
    }

    package init(limit: Limit, asked: Int64, allowed: Int64) {
        self.limit = limit
        self.asked = asked
        self.allowed = allowed
    }
}

extension OwnerLimits {
    /// What the machines of this computer already use, without the one that is asked for.
    package struct Usage: Hashable, Sendable {
        /// Machines of the same site.
        package var machinesOfSite: Int
        package var machines: Int

        package init(machinesOfSite: Int, machines: Int) {
            self.machinesOfSite = machinesOfSite
            self.machines = machines
        }
    }

    /// Refuses what is over a limit, before anybody is asked.
    package func check(_ configuration: MachineConfiguration, beside usage: Usage) throws(LimitExceeded) {
        try Self.check(.cpus, Int64(configuration.cpus), Int64(cpus))
        try Self.check(.memory, Int64(configuration.memory), Int64(memory))
        try Self.check(.diskPerSite, configuration.diskDemand, diskPerSite)
        try Self.check(.lifetime, Int64(configuration.lifetime.minutes), Int64(lifetime))
        try Self.check(.machinesPerSite, Int64(usage.machinesOfSite + 1), Int64(machinesPerSite))
        try Self.check(.machines, Int64(usage.machines + 1), Int64(machines))
    }

    private static func check(_ limit: LimitExceeded.Limit, _ asked: Int64, _ allowed: Int64) throws(LimitExceeded) {
        if asked > allowed { throw LimitExceeded(limit: limit, asked: asked, allowed: allowed) }
    }
}

extension MachineConfiguration {
    /// The most bytes of disk that the machine can come to use: its images, and its disks written full.
    package var diskDemand: Int64 {
        // Sums of validated sizes: each is far below the range of the type.
        images.reduce(0) { $0 + $1.size } + disks.reduce(0) { $0 + $1.capacity }
    }
}
