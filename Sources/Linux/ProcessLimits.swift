import Glibc
package import SystemPackage

/// What the kernel lets a process, and all that it starts, use up.
package enum ProcessLimits {
    /// Of address space, in bytes.
    package static func limitMemory(to bytes: UInt64) throws(Errno) { try set(RLIMIT_AS, bytes) }

    /// Of any one file that it writes, in bytes.
    package static func limitFileSize(to bytes: UInt64) throws(Errno) { try set(RLIMIT_FSIZE, bytes) }

    /// Of processors, in seconds; it is killed after.
    package static func limitProcessorTime(to seconds: UInt64) throws(Errno) { try set(RLIMIT_CPU, seconds) }

    package static func forbidCoreFiles() throws(Errno) { try set(RLIMIT_CORE, 0) }

    private static func set(_ resource: __rlimit_resource, _ value: UInt64) throws(Errno) {
        var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
        guard setrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { throw Errno(rawValue: errno) }
    }
}
