/// Why machines here are not driven by hardware virtualisation.
package enum HardwareObstacle: Hashable, Sendable {
    /// There is no /dev/kvm.
    case absent
    /// This user may not open it.
    case forbidden
    /// It does not open, for another reason.
    case notOpening(String)
    /// It opens and does not boot a machine.
    case fails(String)
    /// It boots one more slowly than software emulation does.
    case slow
    /// QEMU does not even emulate.
    case emulatorFails(String)
    case emulatorSlow
    /// A real machine did not do well.
    case distrusted(String)
}

extension HardwareObstacle: CustomStringConvertible {
    package var description: String {
        switch self {
        case .absent: "This computer offers no hardware virtualisation (/dev/kvm)."
        case .forbidden: "This user may not use /dev/kvm; the group kvm may."
        case .notOpening(let reason): "/dev/kvm does not open: \(reason)."
        case .fails(let reason): "KVM is there but does not boot a machine: \(reason)"
        case .slow: "KVM is there but slower than software emulation."
        case .emulatorFails(let reason): "QEMU does not run: \(reason)"
        case .emulatorSlow: "QEMU needs more than 20 seconds for a moment's work."
        case .distrusted(let reason): reason
        }
    }
}
