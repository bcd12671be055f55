import Cage
import MachineConfig
import Sessions
import SystemPackage

extension CagePolicy {
    /// What the QEMU of one machine may reach: the images that its configuration names, its own layers, its card and the
    /// variables of its firmware.
    init(machine: MachineSpecification, emulator: FilePath, accelerator: Accelerator, folder: MachineFolder) {
        self.init(program: emulator)
        reads = Set(machine.configuration.images.compactMap { machine.images[$0.digest] }).sorted {
            $0.string < $1.string
        }
        writes = machine.overlays + [folder.card.removingLastComponent()]
        if accelerator == .kvm { devices = ["/dev/kvm"] }
    }

    /// What the process of a machine's network may reach: the machine's folder, and the computer's network where the machine
    /// may reach something through it.
    init(networkIn folder: MachineFolder, executable: FilePath, reachesOut: Bool) {
        self.init(program: executable)
        writes = [folder.path]
        // Where it reads its own arguments.
        reads = ["/proc/self"]
        outlivesStarter = true
        // libslirp takes a port of the loopback interface for each that it forwards, if only to have one.
        network = reachesOut ? .computer : .loopback
        guard reachesOut else { return }
        // Folders, since the file with the name servers is replaced wherever the computer moves to.
        reads += ["/etc", "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf"]
    }
}
