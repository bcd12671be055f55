import Cage
import FoundationEssentials
import Libvirt
import MachineConfig
import Sessions
import SystemPackage
import Testing

@testable import Hypervisor

/// What libvirt is told, compared with files: a change of a definition is seen by whoever reads the change.
struct DomainDefinitionTests {
    static let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent().appending(
        "Fixtures/domains")

    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let accelerator: Accelerator
        let configuration: MachineConfiguration

        var testDescription: String { name }
    }

    static func examples() throws -> [Example] {
        let raw = Disk(image: try Specifications.image("a"), format: .raw, capacity: 1 << 30)
        let qcow2 = Disk(image: try Specifications.image("b"), format: .qcow2, capacity: 1 << 30)
        let kernel = BootSource.kernel(
            try Specifications.image("c"), initrd: try Specifications.image("d"),
            arguments: "quiet root='/dev/vda' <&>\"")
        return [
            Example(
                name: "disk-kvm", accelerator: .kvm,
                configuration: Specifications.configuration(boot: .disk, disks: [raw, qcow2])),
            Example(
                name: "cdrom-tcg", accelerator: .tcg,
                configuration: Specifications.configuration(
                    cpus: 1, memory: 512, boot: .cdrom(try Specifications.image("e")), disks: [qcow2], ports: [])),
            Example(
                name: "kernel-uefi", accelerator: .kvm,
                configuration: Specifications.configuration(firmware: .uefi, boot: kernel, disks: [raw], ports: [443])),
            Example(
                name: "no-display", accelerator: .tcg,
                configuration: Specifications.configuration(boot: .disk, disks: [raw], ports: [], display: false)),
        ]
    }

    private func xml(of example: Example) throws -> String {
        let machine = try #require(MachineIdentifier("0b5f3f1e-5f6e-4b43-9c0f-2f6f3f1e5f6e"))
        let images = Dictionary(
            uniqueKeysWithValues: example.configuration.images.map { ($0.digest, FilePath("/cache/it's/\($0.digest)")) }
        )
        let overlays = example.configuration.disks.indices.map { FilePath("/layers/a&b/disk\($0).qcow2") }
        let session = try #require(SessionIdentifier("5c1d2f3e-5f6e-4b43-9c0f-2f6f3f1e5f6e"))
        let specification = MachineSpecification(
            identifier: machine, session: session, configuration: example.configuration, images: images,
            overlays: overlays)
        let folder = MachineFolder(of: machine, in: "/run/user/1000/a,b\"c")
        let cage = CagePolicy(
            machine: specification, emulator: "/usr/bin/qemu-system-x86_64", accelerator: example.accelerator,
            folder: folder)
        return try DomainDefinition(
            specification: specification, accelerator: example.accelerator, emulator: "/cache/emulators/qemu-1",
            cage: cage, folder: folder
        ).xml()
    }

    @Test(arguments: try Self.examples()) func aDefinitionIsAsItsFileSays(example: Example) throws {
        let path = Self.fixtures.appending("\(example.name).xml").string
        let written = try xml(of: example)
        if ProcessInfo.processInfo.environment["LODGER_WRITE_FIXTURES"] != nil {
            try written.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == written)
    }

    @Test func argumentsThatXMLCannotHoldAreRefusedAndNotCut() throws {
        let boot = BootSource.kernel(try Specifications.image("c"), initrd: nil, arguments: "quiet\u{0}init=/bin/sh")
        let example = Example(name: "", accelerator: .tcg, configuration: Specifications.configuration(boot: boot))
        #expect(throws: MachineHostError.unsupported("The cmdline holds a character that cannot be passed on.")) {
            try xml(of: example)
        }
    }

    @Test func whatAPageCallsItsMachineIsNotInTheDefinition() throws {
        for example in try Self.examples() { #expect(!(try xml(of: example).contains("Test"))) }
    }

    @Test(arguments: [
        Specifications.configuration(boot: .disk, ports: []),
        Specifications.configuration(boot: .disk, ports: [80, 8080, 65535]),
        Specifications.configuration(boot: .disk, internet: true, ports: [80]),
        Specifications.configuration(
            boot: .disk,
            hosts: [
                GuestHost(name: "data.example", ports: [443, 8443]), GuestHost(name: "*.project.example", ports: [22]),
            ], ports: []),
    ])
    func metadataAreReadAsTheyWereWritten(configuration: MachineConfiguration) throws {
        let metadata = DomainMetadata(
            MachineSpecification(
                identifier: MachineIdentifier(), configuration: configuration, images: [:], overlays: []))
        let written = try metadata.element.written()
        #expect(DomainMetadata(written) == metadata)
        #expect(DomainMetadata(written.replacing("'", with: "\"")) == metadata)
    }

    @Test(arguments: [
        "", "<machine/>", "<machine session='x'/>", "<machine ports=80/>", "<machine ports='80 x' hosts=''/>",
        "<machine ports='70000' hosts=''/>", "<machine ports='80' hosts='a.example'/>", "<machine ports='80'/>",
        "<machine ports='80' hosts='a.example:x'/>", "<machine ports='80' hosts='a:1:2'/>",
    ])
    func foreignMetadataAreNotOurs(text: String) {
        let session = "<machine session='5c1d2f3e-5f6e-4b43-9c0f-2f6f3f1e5f6e'"
        #expect(DomainMetadata("\(session) ports='80' hosts=''/>") != nil)
        #expect(DomainMetadata(text) == nil)
        #expect(DomainMetadata(text.replacing("<machine", with: session)) == nil)
    }
}
