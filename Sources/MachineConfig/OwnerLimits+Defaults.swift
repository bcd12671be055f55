extension OwnerLimits {
    /// What an owner gives away who has not said anything: half of this computer at the most.
    ///
    /// `freeMemory` is what programs could use now, in MiB; `cpus` counts the processors that are online.
    package init(defaultsFor cpus: Int, freeMemory: Int) {
        self.init(
            cpus: max(1, cpus / 2),
            memory: max(64, freeMemory / 2),
            diskPerSite: 20 << 30,
            machinesPerSite: 2,
            machines: 4,
            lifetime: 7 * 24 * 60)
    }
}
