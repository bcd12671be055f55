package import MachineConfig
package import SystemPackage

/// Where machines run: the port that a hypervisor, a remote host or a cluster fills.
package protocol MachineHost: Sendable {
    /// Finds out by doing whether machines can start here, and how well.
    ///
    /// The answer may be remembered for as long as the host does not change.
    func report() async throws(MachineHostError) -> HostReport

    /// Refuses as unsupported what this host lacks, so that nobody is asked about a machine that could not start.
    func check(_ configuration: MachineConfiguration) async throws(MachineHostError)

    /// Starts a machine and returns when its processor runs.
    ///
    /// On failure nothing of it is left.
    func start(_ machine: MachineSpecification) async throws(MachineHostError) -> StartedMachine

    func pause(_ machine: MachineIdentifier) async throws(MachineHostError)
    func resume(_ machine: MachineIdentifier) async throws(MachineHostError)
    /// Presses the guest's power button; returns at once.
    func pressPowerButton(_ machine: MachineIdentifier) async throws(MachineHostError)
    /// Ends the machine at once and removes all that ran for it; a machine that is gone already is no error.
    func powerOff(_ machine: MachineIdentifier) async throws(MachineHostError)

    /// Every machine of ours on this host, known to the store or not, and whatever it needs set going again.
    func adopt() async throws(MachineHostError) -> [MachineIdentifier: MachineCondition]

    /// What happens to machines, for as long as the host is watched; one consumer.
    var events: AsyncStream<MachineEvent> { get }

    /// A connected, non-blocking socket that speaks RFB, the display's protocol, from its first byte.
    ///
    /// Each call is a viewer of its own.
    func openDisplay(of machine: MachineIdentifier) async throws(MachineHostError) -> ConnectedSocket

    /// A connected, non-blocking stream to a TCP port of the guest that its specification names.
    func openPort(_ port: UInt16, of machine: MachineIdentifier) async throws(MachineHostError) -> ConnectedSocket
}

/// What a host needs to start a machine: a configuration whose images lie on this computer.
package struct MachineSpecification: Sendable {
    package let identifier: MachineIdentifier
    /// Whose machine it is, over all its runs.
    package let session: SessionIdentifier
    package let configuration: MachineConfiguration
    /// The local file of each image, read-only.
    package let images: [SHA256Digest: FilePath]
    /// The writable layers, one for each of the configuration's disks, in their order; always qcow2.
    package let overlays: [FilePath]

    package init(
        identifier: MachineIdentifier, session: SessionIdentifier = SessionIdentifier(),
        configuration: MachineConfiguration, images: [SHA256Digest: FilePath], overlays: [FilePath]
    ) {
        self.identifier = identifier
        self.session = session
        self.configuration = configuration
        self.images = images
        self.overlays = overlays
    }
}

package struct StartedMachine: Sendable, Hashable {
    package let accelerator: Accelerator

    package init(accelerator: Accelerator) {
        self.accelerator = accelerator
    }
}

package enum Accelerator: String, Sendable, Hashable, Codable {
    /// Hardware virtualisation.
    case kvm
    /// Software emulation: slow, and outside QEMU's security promise.
    case tcg
}

package struct HostReport: Sendable, Hashable {
    package let accelerator: Accelerator
    /// Why the better accelerator is not used, for people; `nil` where it is.
    package let reason: String?
    /// Processors of this computer.
    package let cpus: Int
    /// In MiB.
    package let memory: Int

    package init(accelerator: Accelerator, reason: String?, cpus: Int, memory: Int) {
        self.accelerator = accelerator
        self.reason = reason
        self.cpus = cpus
        self.memory = memory
    }
}

package enum MachineCondition: String, Sendable, Hashable {
    case running
    case paused
}

/// Something that happened to a machine without, or after, an order.
package struct MachineEvent: Sendable, Hashable {
    package let machine: MachineIdentifier
    package let kind: Kind

    package enum Kind: Sendable, Hashable {
        case paused
        case resumed
        /// The guest switched itself off, or obeyed the power button.
        case poweredOff
        /// It was ended from outside, or its process died.
        case crashed(String)
    }

    package init(machine: MachineIdentifier, kind: Kind) {
        self.machine = machine
        self.kind = kind
    }
}

package enum MachineHostError: Error, Sendable, Hashable {
    /// No hypervisor, or not one that we can use; the sentence says what to install.
    case notInstalled(String)
    /// The machine did not start; the sentence is for the log.
    case didNotStart(String)
    case unknownMachine
    /// The configuration asks for something that this host lacks, such as UEFI firmware.
    case unsupported(String)
    /// Nothing in the guest answers on that port.
    case portNotAnswering
    /// The hypervisor failed; the sentence is for the log.
    case failed(String)
}
