/// Whether machines are driven by KVM, and if not, the one thing that stands in the way.
package struct HardwareCheck: Check {
    /// What came of booting a tiny machine.
    package enum Outcome: Sendable, Hashable {
        case boots
        case noDevice
        case forbidden
        case fails(String)
        case slow
        /// QEMU itself does not run, which another check tells.
        case untried
    }

    /// How the device and this user stand to the group kvm.
    package struct Access: Sendable, Hashable {
        /// Whether the device lets the group in.
        let deviceIsOpenToGroup: Bool
        /// Whether the user database has this user in the group.
        let isMember: Bool
        /// Whether this process has the group.
        let isMemberNow: Bool

        package init(deviceIsOpenToGroup: Bool, isMember: Bool, isMemberNow: Bool) {
            self.deviceIsOpenToGroup = deviceIsOpenToGroup
            self.isMember = isMember
            self.isMemberNow = isMemberNow
        }
    }

    private let processor: ProcessorFacts
    private let access: Access
    /// Whether the settings leave nothing else.
    private let isRequired: Bool
    private let boot: @Sendable () async -> Outcome

    package init(
        processor: ProcessorFacts, access: Access, isRequired: Bool, boot: @escaping @Sendable () async -> Outcome
    ) {
        self.processor = processor
        self.access = access
        self.isRequired = isRequired
        self.boot = boot
    }

    package func examine() async -> Examination {
        let obstacle: Finding
        switch await boot() {
        case .boots: return .fact("KVM", "boots a machine")
        case .untried: return Examination()
        case .noDevice: obstacle = whyNoDevice
        case .forbidden: obstacle = whyForbidden
        case .fails(let reason): obstacle = Finding(processor.isVirtual ? .kvmFailsNested : .kvmFails, reason)
        case .slow: obstacle = Finding(.kvmSlow)
        }
        return Examination(isRequired ? [obstacle, Finding(.acceleratorUnavailable)] : [obstacle])
    }

    private var whyNoDevice: Finding {
        guard processor.hasVirtualisation else { return Finding(processor.isVirtual ? .kvmNotHandedOn : .kvmAbsent) }
        // A kernel whose own part is there and the processor's is not was turned away by the firmware's lock; newer ones do
        // not even show the ability then.
        let isLocked = !processor.kernelShowsIt || processor.moduleWasTurnedAway
        if isLocked { return Finding(.kvmSwitchedOff) }
        return Finding(.kvmModuleMissing, command: "sudo modprobe \(processor.module)")
    }

    private var whyForbidden: Finding {
        if !access.deviceIsOpenToGroup || access.isMemberNow {
            return Finding(.kvmDeviceClosed, command: "sudo chgrp kvm /dev/kvm && sudo chmod 0660 /dev/kvm")
        }
        return Finding(access.isMember ? .kvmLoginNeeded : .kvmPermission)
    }
}
