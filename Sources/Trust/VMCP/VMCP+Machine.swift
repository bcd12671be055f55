import Addresses
import MachineConfig

extension VMCP {
    /// The longest life of a machine whose configuration does not say, in minutes.
    private static let lifetime = 24 * 60

    /// The machine that the document asks for.
    ///
    /// `sizes` holds what is known of the files' sizes: the document does not tell them.
    func machine(under rules: VMCPRules, sizes: [SecureURL: Int64]) throws(TrustError) -> MachineConfiguration {
        let image = try image(under: rules, sizes: sizes)
        let fromDisk = flags.contains(.deploymentDisk)
        return MachineConfiguration(
            name: name, cpus: cpus, memory: memory, firmware: .bios,
            boot: fromDisk ? .disk : .cdrom(image),
            disks: fromDisk ? [try systemDisk(image)] : [],
            hosts: [], internet: rules.internet, ports: [apiPort],
            lifetime: Lifetime(minutes: Self.lifetime, background: true), display: true)
    }

    private func image(under rules: VMCPRules, sizes: [SecureURL: Int64]) throws(TrustError) -> ImageReference {
        let (url, digest) = flags.contains(.deploymentDisk) ? try systemImage() : try bootDisc(under: rules)
        guard let size = sizes[url] else { throw .sizeUnknown(url) }
        guard (1...1 << 44).contains(size) else { throw Self.fault("diskURL", "must lead to a file that is not empty") }
        return ImageReference(url: url, digest: digest, size: size)
    }

    private func systemImage() throws(TrustError) -> (SecureURL, SHA256Digest) {
        guard let url = SecureURL(diskURL) else { throw Self.fault("diskURL", "must be an https address") }
        guard let digest = checksum else {
            throw Self.fault("diskChecksum", "must be a SHA-256 in hexadecimal digits or base64")
        }
        return (url, digest)
    }

    /// A boot CD of CernVM; the checksum is the owner's, or in its place the signed one.
    private func bootDisc(under rules: VMCPRules) throws(TrustError) -> (SecureURL, SHA256Digest) {
        let architecture = flags.contains(.system64Bit) ? "x86_64" : "i386"
        let latest = cernvmVersion == "latest"
        guard let version = latest ? rules.latest(cernvmFlavor, architecture) : cernvmVersion else {
            throw Self.fault("cernvmVersion", "must name one: the owner vouches for none of \(cernvmFlavor)")
        }
        let image = CernVMImage(flavor: cernvmFlavor, version: version, architecture: architecture)
        guard let url = rules.images.flatMap({ SecureURL($0.description + image.path) }) else {
            throw Self.fault("cernvmVersion", "has no place to come from on this computer")
        }
        guard let digest = rules.checksums[image.fileName] ?? checksum else {
            throw Self.fault("cernvmVersion", "must be one that the owner vouches for: \(image.fileName)")
        }
        return (url, digest)
    }

    /// As hexadecimal digits or, as some servers write it, as base64.
    private var checksum: SHA256Digest? {
        if let digest = SHA256Digest(diskChecksum.lowercased()) { return digest }
        guard let bytes = Base64.decode(diskChecksum), bytes.count == 32 else { return nil }
        return SHA256Digest(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    /// What the guest sees of a disk in QEMU's own format is bounded by `disk`, of a raw one by its size.
    private func systemDisk(_ image: ImageReference) throws(TrustError) -> Disk {
        let path = image.url.target.prefix { $0 != "?" }.lowercased()
        if path.hasSuffix(".qcow2") {
            return Disk(image: image, format: .qcow2, capacity: max(image.size, Int64(disk) << 20))
        }
        for ending in [".gz", ".vdi", ".vmdk", ".vhd", ".ova"] where path.hasSuffix(ending) {
            throw Self.fault("diskURL", "must lead to a raw disk or to one in the format qcow2")
        }
        return Disk(image: image, format: .raw, capacity: image.size)
    }

    private static func fault(_ field: String, _ reason: String) -> TrustError {
        .configuration(ConfigurationFault(field: field, reason: reason))
    }
}
