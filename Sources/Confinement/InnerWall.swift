import Cage
import Linux
import SystemPackage

/// The inner wall, built when the outer one stands: Landlock on the same paths, and limits.
struct InnerWall {
    let policy: CagePolicy

    func enclose() throws(Errno) {
        try ProcessHardening.forbidNewPrivileges()
        try ProcessLimits.forbidCoreFiles()
        if let bytes = policy.limits.fileSize { try ProcessLimits.limitFileSize(to: bytes) }
        if let seconds = policy.limits.processorTime { try ProcessLimits.limitProcessorTime(to: seconds) }
        // A kernel without it leaves the outer wall.
        if let landlock = try Landlock(network: policy.network != .none) {
            for path in ["/usr", "/etc/ld.so.cache"] { try landlock.allow(.read, FilePath(path)) }
            // The loader, which the kernel runs before any program.
            for path in ["/usr/lib", "/usr/lib64"] { try landlock.allow(.readAndRun, FilePath(path)) }
            try landlock.allow(.readAndRun, policy.program)
            for path in policy.reads { try landlock.allow(.read, path) }
            for path in policy.writes { try landlock.allow(.write, path) }
            let devices: [FilePath] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
            for path in devices + policy.devices { try landlock.allow(.device, path) }
            try landlock.enforce()
        }
        if let bytes = policy.limits.memory { try ProcessLimits.limitMemory(to: bytes) }
    }
}
