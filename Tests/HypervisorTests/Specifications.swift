import Addresses
import Hypervisor
import MachineConfig
import Sessions
import SystemPackage
import Testing

/// Configurations of test machines and where their files lie.
enum Specifications {
    static func image(_ digit: Character, size: Int64 = 1 << 20) throws -> ImageReference {
        ImageReference(
            url: try #require(SecureURL("https://images.example/\(digit)")),
            digest: try #require(SHA256Digest(String(repeating: digit, count: 64))), size: size)
    }

    static func configuration(
        cpus: Int = 2, memory: Int = 256, firmware: Firmware = .bios, boot: BootSource, disks: [Disk] = [],
        hosts: [GuestHost] = [], internet: Bool = false, ports: [UInt16] = [80, 8080], display: Bool = true
    ) -> MachineConfiguration {
        MachineConfiguration(
            name: "Test", cpus: cpus, memory: memory, firmware: firmware, boot: boot, disks: disks, hosts: hosts,
            internet: internet, ports: ports, lifetime: Lifetime(minutes: 10, background: false), display: display)
    }
}
