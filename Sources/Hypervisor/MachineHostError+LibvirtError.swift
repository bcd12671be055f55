import Libvirt
import Sessions

extension MachineHostError {
    /// What a failed call of libvirt means for a machine.
    init(_ error: LibvirtError) {
        self =
            switch error.reason {
            case .noDomain: .unknownMachine
            case .noDriver: .notInstalled("libvirt has no part for QEMU: install libvirt-daemon-driver-qemu.")
            case .invalidState, .connectionLost, .other: .failed("\(error)")
            }
    }
}
