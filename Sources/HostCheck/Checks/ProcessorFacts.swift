import Linux
package import SystemPackage

/// What the processor can do, and what the kernel makes of it.
package struct ProcessorFacts: Sendable, Hashable {
    /// As the processor itself says, whatever the firmware locked.
    let hasVirtualisation: Bool
    /// Whether this computer is itself a virtual machine.
    let isVirtual: Bool
    let kernelShowsIt: Bool
    /// Whether the kernel's common part of KVM is loaded and the one for this processor is not.
    let moduleWasTurnedAway: Bool
    /// The kernel's part for this processor.
    let module: String

    package init(
        hasVirtualisation: Bool, isVirtual: Bool, kernelShowsIt: Bool, moduleWasTurnedAway: Bool, module: String
    ) {
        self.hasVirtualisation = hasVirtualisation
        self.isVirtual = isVirtual
        self.kernelShowsIt = kernelShowsIt
        self.moduleWasTurnedAway = moduleWasTurnedAway
        self.module = module
    }

    /// Of the computer on which this runs.
    package init(cpuinfo: FilePath = "/proc/cpuinfo", modules: FilePath = "/sys/module") {
        let processor = ProcessorAbilities()
        let words = TextFile.words(cpuinfo)
        let module = words.contains("AuthenticAMD") ? "kvm_amd" : "kvm_intel"
        self.init(
            hasVirtualisation: processor.hasVirtualisation, isVirtual: processor.isVirtual,
            kernelShowsIt: words.contains("vmx") || words.contains("svm"),
            moduleWasTurnedAway: Self.isLoaded("kvm", modules) && !Self.isLoaded(module, modules), module: module)
    }

    private static func isLoaded(_ module: String, _ modules: FilePath) -> Bool {
        // Whatever hides it, it is of no use.
        (try? FileStatus(atPath: modules.appending(module).string)) != nil
    }
}
