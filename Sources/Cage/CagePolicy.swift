package import SystemPackage

/// What a program in a cage may reach.
///
/// Everything else is not there for it.
/// It always has the system's programs and libraries to read, the devices that hold nothing, and no home folder.
package struct CagePolicy: Hashable, Sendable {
    /// The one program that may run.
    package let program: FilePath
    /// Files, and folders with all that is in them.
    package var reads: [FilePath] = []
    /// Files, and folders with all that is in them; to be read, too.
    package var writes: [FilePath] = []
    /// Beside those that every program needs.
    package var devices: [FilePath] = []
    package var network = CageNetwork.none
    /// Whether it sees none but its own processes, as every program should; the number that it knows itself by is then another
    /// one inside than outside.
    package var ownProcesses = true
    /// Whether it goes on when whoever started it is gone.
    package var outlivesStarter = false
    package var limits = CageLimits()

    package init(program: FilePath) { self.program = program }
}

/// The IP network of a program in a cage.
package enum CageNetwork: String, Sendable {
    /// Of its own and empty, and not even ports in it.
    case none
    /// Of its own, with nobody else in it.
    case loopback
    /// The computer's.
    case computer
}

/// What a program in a cage may use up; nil is no limit of the cage's.
package struct CageLimits: Hashable, Sendable {
    /// Address space in bytes.
    package var memory: UInt64?
    /// The size in bytes of any file that it writes.
    package var fileSize: UInt64?
    /// Seconds of one processor.
    package var processorTime: UInt64?

    package init(memory: UInt64? = nil, fileSize: UInt64? = nil, processorTime: UInt64? = nil) {
        self.memory = memory
        self.fileSize = fileSize
        self.processorTime = processorTime
    }
}
