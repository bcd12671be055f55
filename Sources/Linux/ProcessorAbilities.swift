import CLinux

/// What the processor says of itself, whatever the kernel and the firmware make of it.
package struct ProcessorAbilities: Sendable, Hashable {
    /// Intel's VMX or AMD's SVM.
    package let hasVirtualisation: Bool
    /// Whether a hypervisor stands between.
    package let isVirtual: Bool

    package init() {
        let found = lodger_processor_abilities()
        hasVirtualisation = found.virtualisation != 0
        isVirtual = found.is_virtual != 0
    }
}
