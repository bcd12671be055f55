import Addresses
import Testing

@testable import MachineConfig

struct OwnerLimitsTests {
    private let limits = OwnerLimits(
        cpus: 2, memory: 1024, diskPerSite: 5000, machinesPerSite: 2, machines: 4, lifetime: 60)

    private func configuration(
        cpus: Int = 2, memory: Int = 1024, size: Int64 = 1000, capacity: Int64 = 4000, minutes: Int = 60
    ) throws -> MachineConfiguration {
        let url = try #require(SecureURL("https://a.example/i"))
        let digest = try #require(SHA256Digest(String(repeating: "a", count: 64)))
        let image = ImageReference(url: url, digest: digest, size: size)
        return MachineConfiguration(
            name: "Demo", cpus: cpus, memory: memory, firmware: .bios, boot: .disk,
            disks: [Disk(image: image, format: .qcow2, capacity: capacity)], hosts: [], ports: [],
            lifetime: Lifetime(minutes: minutes, background: false), display: true)
    }

    private func refused(
        _ configuration: MachineConfiguration, ofSite: Int = 0, all: Int = 0
    ) -> LimitExceeded.Limit? {
        do {
            try limits.check(configuration, beside: .init(machinesOfSite: ofSite, machines: all))
            return nil
        } catch {
            return error.limit
        }
    }

    @Test func whatIsWithinTheLimitsIsAllowed() throws {
        #expect(refused(try configuration(), ofSite: 1, all: 3) == nil)
    }

    @Test func oneMoreThanALimitIsRefusedByItsName() throws {
        #expect(refused(try configuration(cpus: 3)) == .cpus)
        #expect(refused(try configuration(memory: 1025)) == .memory)
        #expect(refused(try configuration(capacity: 4001)) == .diskPerSite)
        #expect(refused(try configuration(minutes: 61)) == .lifetime)
        #expect(refused(try configuration(), ofSite: 2, all: 2) == .machinesPerSite)
        #expect(refused(try configuration(), ofSite: 1, all: 4) == .machines)
    }

    @Test func theLargestSizesThatAreValidDoNotOverflow() throws {
        #expect(refused(try configuration(size: 1 << 44, capacity: 1 << 44)) == .diskPerSite)
    }

    @Test func anOwnerWhoSaysNothingGivesHalf() {
        let limits = OwnerLimits(defaultsFor: 8, freeMemory: 16000)
        #expect(limits.cpus == 4)
        #expect(limits.memory == 8000)
        #expect(limits.diskPerSite == 20 << 30)
        #expect(limits.machinesPerSite == 2)
        #expect(limits.machines == 4)
        #expect(OwnerLimits(defaultsFor: 1, freeMemory: 10).cpus == 1)
    }
}
