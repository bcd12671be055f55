import Addresses
import Consent
import ConsentWire
import FoundationEssentials
import MachineConfig
import Sessions
import Testing
import Trust

/// Questions for tests.
enum Questions {
    static let firstKey = String(repeating: "A", count: 43)
    static let secondKey = String(repeating: "B", count: 43)
    static let digest = String(repeating: "0123456789abcdef", count: 4)

    static func make(
        site: String = "https://project.example.org", name: String = "Demo", identity: PublisherIdentity? = nil,
        hosts: [GuestHost] = [], internet: Bool = false, ports: [UInt16] = [80], download: Int64 = 13_800_000,
        accelerator: Accelerator = .kvm, background: Bool = false
    ) throws -> ConsentQuestion {
        let image = ImageReference(
            url: try #require(SecureURL("https://images.example.net/demo.qcow2")),
            digest: try #require(SHA256Digest(digest)), size: 13_800_000)
        return ConsentQuestion(
            identifier: ConsentIdentifier(), site: try #require(SiteOrigin(site)),
            identity: try identity ?? .firstTime(key(firstKey)),
            configuration: MachineConfiguration(
                name: name, cpus: 1, memory: 512, firmware: .bios, boot: .disk,
                disks: [Disk(image: image, format: .qcow2, capacity: 10_000_000_000)], hosts: hosts,
                internet: internet, ports: ports, lifetime: Lifetime(minutes: 480, background: background),
                display: true),
            configurationDigest: try #require(SHA256Digest(digest)), download: download,
            host: HostReport(
                accelerator: accelerator, reason: accelerator == .tcg ? "/dev/kvm is missing" : nil, cpus: 4,
                memory: 16384))
    }

    static func key(_ text: String) throws -> KeyThumbprint { try #require(KeyThumbprint(text)) }

    static func dialog(_ question: ConsentQuestion) -> DialogQuestion {
        DialogQuestion(question, timeLimit: .seconds(90))
    }
}
