package import Cage
import FoundationEssentials
package import SystemPackage

/// What the owner may choose between.
package enum AcceleratorChoice: String, Sendable, Hashable, CaseIterable {
    /// KVM where it truly boots, else software emulation.
    case auto
    /// KVM or nothing.
    case kvm
    /// Software emulation, also where KVM would work.
    case tcg
}

/// Where the machines of this user live, and with what they run.
package struct HypervisorSettings: Sendable {
    /// libvirt's address.
    package var address = "qemu:///session"
    package var emulator: FilePath = "/usr/bin/qemu-system-x86_64"
    package var accelerator = AcceleratorChoice.auto
    /// Who confines QEMU.
    package var cage: Cage
    /// The `lodger-net` executable.
    package var network: FilePath
    /// The most bytes a second that one guest sends to, and gets from, the internet; nil for no limit.
    package var networkRate: Int64?
    /// The accounts of what goes between guests and the internet: `$XDG_STATE_HOME/lodger/traffic`; nil where none are kept.
    package var trafficFolder: FilePath?
    /// A folder for each machine, gone at the next start of the computer: `$XDG_RUNTIME_DIR/lodger/machines`.
    ///
    /// Sockets lie in it, whose paths have at the most 107 bytes.
    package var runtimeFolder: FilePath
    /// What may be lost at any time: `$XDG_CACHE_HOME/lodger`.
    package var cacheFolder: FilePath
    /// Where the user's libvirt lets QEMU write what it has to say, a file for each machine.
    package var emulatorLogs = Self.libvirtFolder("XDG_CACHE_HOME", ".cache").appending("qemu/log")
    /// Where it keeps a folder for each machine that runs.
    package var emulatorFolders = Self.libvirtFolder("XDG_CONFIG_HOME", ".config").appending("qemu/lib")

    package init(cage: Cage, network: FilePath, runtimeFolder: FilePath, cacheFolder: FilePath) {
        self.cage = cage
        self.network = network
        self.runtimeFolder = runtimeFolder
        self.cacheFolder = cacheFolder
    }

    /// libvirt is started by us, so it sees the same environment.
    private static func libvirtFolder(_ variable: String, _ inHome: String) -> FilePath {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment[variable], folder.hasPrefix("/") {
            return FilePath(folder).appending("libvirt")
        }
        return FilePath(environment["HOME"] ?? "/nonexistent").appending(inHome).appending("libvirt")
    }
}
