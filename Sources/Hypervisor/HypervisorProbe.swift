import FoundationEssentials
import Libvirt
import Linux
package import Logging
import SystemPackage

/// Tries what machines will need of libvirt and of the processor, without starting one.
package struct HypervisorProbe: Sendable {
    private let settings: HypervisorSettings
    private let hardwareProbe: HardwareProbe
    private let threads = BlockingThreads(limit: 1)

    package init(_ settings: HypervisorSettings, logger: Logger) {
        self.settings = settings
        hardwareProbe = HardwareProbe(
            emulator: settings.emulator, cage: settings.cage, cacheFolder: settings.cacheFolder, logger: logger)
    }

    package static var libvirtIsInstalled: Bool {
        let daemons = ["/usr/sbin/libvirtd", "/usr/sbin/virtqemud", "/usr/bin/libvirtd", "/usr/bin/virtqemud"]
        return daemons.contains { FileManager.default.isExecutableFile(atPath: $0) }
    }

    package enum Session: Sendable, Hashable {
        /// Whether it finds firmware for UEFI.
        case open(firmware: Bool)
        /// It lacks its part for QEMU.
        case withoutDriver
        case closed(String)
    }

    /// Opens the user's own libvirt, which starts it where it does not run.
    package func session() async -> Session {
        let address = settings.address
        let emulator = settings.emulator.string
        return await threads.run { () -> Session in
            do throws(LibvirtError) {
                let connection = try Connection(to: address, onLifecycle: { _, _ in }, onClose: {})
                let firmware = try connection.hasFirmware(for: emulator)
                return .open(firmware: firmware)
            } catch {
                return error.reason == .noDriver ? .withoutDriver : .closed("\(error)")
            }
        }
    }

    /// Boots a tiny machine with KVM; `nil` where that goes well.
    package func hardware() async -> HardwareObstacle? {
        switch await hardwareProbe.outcomeAnew() {
        case .usable: nil
        case .unusable(let obstacle): obstacle
        }
    }
}

extension Connection {
    /// Whether machines can have UEFI.
    func hasFirmware(for emulator: String) throws(LibvirtError) -> Bool {
        let capabilities = try domainCapabilities(emulator: emulator, machine: "q35", virtualisation: "qemu")
        return capabilities.contains("<value>efi</value>")
    }
}
