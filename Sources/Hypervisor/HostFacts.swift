import Glibc

/// What this computer has.
enum HostFacts {
    static var cpus: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

    /// In MiB.
    static var memory: Int { sysconf(CInt(_SC_PHYS_PAGES)) / 1024 * sysconf(CInt(_SC_PAGESIZE)) / 1024 }
}
