import Cage
import FoundationEssentials
import Libvirt
import Linux
import Logging
package import MachineConfig
package import Sessions
import Storage
import SystemPackage

extension LibvirtMachineHost {
    package func report() async throws(MachineHostError) -> HostReport {
        try await checkInstallation()
        _ = try await withConnection { connection throws(LibvirtError) in connection.isAlive }
        try await acquaint()
        let (accelerator, reason) = await accelerator()
        return HostReport(accelerator: accelerator, reason: reason, cpus: HostFacts.cpus, memory: HostFacts.memory)
    }

    package func start(_ machine: MachineSpecification) async throws(MachineHostError) -> StartedMachine {
        try await checkInstallation()
        try await check(machine.configuration)
        let (preferred, _) = await accelerator()
        let folder = MachineFolder(of: machine.identifier, in: settings.runtimeFolder)
        table.expect(machine.identifier, with: preferred)
        do throws(MachineHostError) {
            try await prepare(folder, for: machine)
            let used = try await create(machine, in: folder, preferred)
            return StartedMachine(accelerator: used)
        } catch {
            do throws(MachineHostError) {
                try await powerOff(machine.identifier)
            } catch {
                logger.error("failed start not undone", metadata: ["reason": "\(error)"])
            }
            throw error
        }
    }

    /// Makes the folder and starts the network beside the machine: its process waits for QEMU to hold out the card.
    private func prepare(_ folder: MachineFolder, for machine: MachineSpecification) async throws(MachineHostError) {
        let network = GuestNetworkProcess(folder: folder, settings: settings)
        do {
            try await threads.run {
                try folder.make()
                try network.ensure(for: DomainMetadata(machine))
            }
        } catch {
            throw .didNotStart("its network: \(error)")
        }
    }

    private func create(
        _ machine: MachineSpecification, in folder: MachineFolder, _ preferred: Accelerator
    ) async throws(MachineHostError) -> Accelerator {
        do throws(MachineHostError) {
            try await create(machine, in: folder, with: preferred)
            return preferred
        } catch {
            guard preferred == .kvm, settings.accelerator == .auto, case .didNotStart(let reason) = error else {
                throw error
            }
            logger.warning("no start with KVM, so without", metadata: ["reason": "\(reason)"])
            try await create(machine, in: folder, with: .tcg)
            probe.distrust("A machine did not start with KVM: \(reason)")
            return .tcg
        }
    }

    private func create(
        _ machine: MachineSpecification, in folder: MachineFolder, with accelerator: Accelerator
    ) async throws(MachineHostError) {
        let definition = DomainDefinition(
            specification: machine, accelerator: accelerator, emulator: try await emulatorLink(),
            cage: CagePolicy(
                machine: machine, emulator: settings.emulator, accelerator: accelerator, folder: folder),
            folder: folder)
        let xml = try definition.xml()
        table.expect(machine.identifier, with: accelerator)
        // The error is a value here, so that a start is never tried twice: the second could meet what the first one made.
        let failure = try await withConnection { connection throws(LibvirtError) in
            do throws(LibvirtError) {
                _ = try connection.create(xml: xml)
                return LibvirtError?.none
            } catch {
                return error
            }
        }
        if let failure { throw .didNotStart("\(failure)") }
        if let ended = table.noteStarted(machine.identifier) { throw .didNotStart("it ended at once: \(ended)") }
    }

    /// Which accelerator machines get, and why not the better one.
    private func accelerator() async -> (Accelerator, reason: String?) {
        switch settings.accelerator {
        case .kvm:
            return (.kvm, nil)
        case .tcg:
            return (.tcg, "The owner has chosen software emulation.")
        case .auto:
            return switch await probe.outcome() {
            case .usable: (.kvm, nil)
            case .unusable(let obstacle): (.tcg, "\(obstacle)")
            }
        }
    }

    /// Lets libvirt ask QEMU what it can, which takes seconds once for each QEMU, while the person is still being asked.
    private func acquaint() async throws(MachineHostError) {
        let link = try await emulatorLink().string
        threads.submit { [session, logger] in
            do throws(LibvirtError) {
                _ = try session.connection().domainCapabilities(emulator: link, machine: "q35", virtualisation: "qemu")
            } catch {
                // The start, which needs the same, says it to whoever wants the machine.
                logger.warning("QEMU not asked for its abilities", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func emulatorLink() async throws(MachineHostError) -> FilePath {
        do throws(StorageError) {
            return try await threads.run { [emulator] () throws(StorageError) in try emulator.link() }
        } catch {
            throw .failed("\(error)")
        }
    }

    private func checkInstallation() async throws(MachineHostError) {
        guard FileManager.default.isExecutableFile(atPath: settings.emulator.string) else {
            throw .notInstalled("There is no \(settings.emulator): install qemu-system-x86.")
        }
        guard HypervisorProbe.libvirtIsInstalled else {
            throw .notInstalled("There is no libvirt: install libvirt-daemon and libvirt-daemon-driver-qemu.")
        }
        if let problem = await trial.problem() { throw .notInstalled(problem) }
    }

    package func check(_ configuration: MachineConfiguration) async throws(MachineHostError) {
        guard configuration.firmware == .uefi else { return }
        let emulator = try await emulatorLink().string
        let hasFirmware = try await withConnection { connection throws(LibvirtError) in
            try connection.hasFirmware(for: emulator)
        }
        guard hasFirmware else {
            throw .unsupported("There is no UEFI firmware here: install ovmf.")
        }
    }
}
