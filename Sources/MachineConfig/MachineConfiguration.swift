package import Addresses

/// What a page may ask a machine to be: validated, so every value is in its own range.
///
/// Whether the owner allows it is another question, answered by `OwnerLimits`.
package struct MachineConfiguration: Hashable, Sendable, Codable {
    /// For display only, at most 60 characters; never part of a path, an identifier or a command.
    package let name: String
    package let cpus: Int
    /// In MiB.
    package let memory: Int
    package let firmware: Firmware
    package let boot: BootSource
    package let disks: [Disk]
    /// Names on the internet that the guest may reach; empty where `internet` says it all.
    package let hosts: [GuestHost]
    /// Whether the guest may reach all of the internet; this computer and its network are never part of it.
    package let internet: Bool
    /// TCP ports of the guest that the page may reach, through the daemon only.
    package let ports: [UInt16]
    package let lifetime: Lifetime
    package let display: Bool

    package init(
        name: String, cpus: Int, memory: Int, firmware: Firmware, boot: BootSource, disks: [Disk], hosts: [GuestHost],
        internet: Bool = false, ports: [UInt16], lifetime: Lifetime, display: Bool
    ) {
        self.name = name
        self.cpus = cpus
        self.memory = memory
        self.firmware = firmware
        self.boot = boot
        self.disks = disks
        self.hosts = hosts
        self.internet = internet
        self.ports = ports
        self.lifetime = lifetime
        self.display = display
    }

    /// Every image that must be on this computer before the machine can start.
    package var images: [ImageReference] {
        switch boot {
        case .disk: disks.map(\.image)
        case .cdrom(let image): [image] + disks.map(\.image)
        case .kernel(let kernel, let initrd, _): [kernel] + (initrd.map { [$0] } ?? []) + disks.map(\.image)
        }
    }
}

package enum Firmware: String, Hashable, Sendable, Codable, CaseIterable {
    case bios
    case uefi
}

package enum BootSource: Hashable, Sendable, Codable {
    /// The first of the configuration's disks.
    case disk
    case cdrom(ImageReference)
    case kernel(ImageReference, initrd: ImageReference?, arguments: String)
}

package struct Disk: Hashable, Sendable, Codable {
    package let image: ImageReference
    package let format: DiskFormat
    /// The most that the guest sees, in bytes; what the image claims may not exceed it.
    package let capacity: Int64

    package init(image: ImageReference, format: DiskFormat, capacity: Int64) {
        self.image = image
        self.format = format
        self.capacity = capacity
    }
}

package enum DiskFormat: String, Hashable, Sendable, Codable, CaseIterable {
    case raw
    case qcow2
}

/// A file that a site names by address, content and size.
package struct ImageReference: Hashable, Sendable, Codable {
    package let url: SecureURL
    package let digest: SHA256Digest
    /// In bytes, exact.
    package let size: Int64

    package init(url: SecureURL, digest: SHA256Digest, size: Int64) {
        self.url = url
        self.digest = digest
        self.size = size
    }
}

/// 64 lower-case hexadecimal digits: safe as a file name because only the parser makes one.
package struct SHA256Digest: Hashable, Sendable, Codable, CustomStringConvertible {
    package let description: String

    package init?(_ text: String) {
        guard text.utf8.count == 64,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        description = text
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = SHA256Digest(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a sha256 digest")
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A host on the internet that the guest may reach, on the named TCP ports.
package struct GuestHost: Hashable, Sendable, Codable {
    /// A DNS name in lower case, or `*.` and a name of at least two labels.
    package let name: String
    package let ports: [UInt16]

    package init(name: String, ports: [UInt16]) {
        self.name = name
        self.ports = ports
    }
}

package struct Lifetime: Hashable, Sendable, Codable {
    /// The machine is stopped this many minutes after its start.
    package let minutes: Int
    /// Whether it goes on when no page of its site is open.
    package let background: Bool

    package init(minutes: Int, background: Bool) {
        self.minutes = minutes
        self.background = background
    }
}
