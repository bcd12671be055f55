package import Addresses
package import MachineConfig

/// What the owner has settled for configurations in the form of CernVM WebAPI.
package struct VMCPRules: Sendable, Hashable {
    /// The folder of CernVM's boot CDs.
    package var images: SecureURL?
    /// The CDs' files by their names: no other is started, unless the configuration itself vouches for it.
    package var checksums: [String: SHA256Digest]
    /// Whether the guests reach the internet: the older form names no hosts, and counts on all of them.
    package var internet: Bool

    package init(images: SecureURL? = nil, checksums: [String: SHA256Digest] = [:], internet: Bool = true) {
        self.images = images
        self.checksums = checksums
        self.internet = internet
    }

    /// The newest version of a flavour that the owner vouches for.
    func latest(_ flavor: String, _ architecture: String) -> String? {
        checksums.keys.compactMap { CernVMImage(fileName: $0) }
            .filter { $0.flavor == flavor && $0.architecture == architecture }
            .max { Self.numbers($0.version).lexicographicallyPrecedes(Self.numbers($1.version)) }?
            .version
    }

    /// The numbers in a version, such as 1.17-11.
    private static func numbers(_ version: String) -> [Int] {
        version.split { !("0"..."9").contains($0) }.map { Int($0) ?? 0 }
    }
}

/// A boot CD of CernVM, as its file is called.
struct CernVMImage: Hashable {
    let flavor: String
    let version: String
    let architecture: String

    init(flavor: String, version: String, architecture: String) {
        self.flavor = flavor
        self.version = version
        self.architecture = architecture
    }

    /// `nil` for a file that is called otherwise.
    init?(fileName: String) {
        guard fileName.hasPrefix("ucernvm-"), fileName.hasSuffix(".iso") else { return nil }
        let parts = fileName.dropFirst("ucernvm-".count).dropLast(".iso".count).split(separator: ".cernvm.")
        guard parts.count == 2, let dot = parts[0].firstIndex(of: ".") else { return nil }
        flavor = String(parts[0][..<dot])
        version = String(parts[0][parts[0].index(after: dot)...])
        architecture = String(parts[1])
    }

    var fileName: String { "ucernvm-\(flavor).\(version).cernvm.\(architecture).iso" }

    /// Below the folder of all releases.
    var path: String { "ucernvm-images.\(version).cernvm.\(architecture)/\(fileName)" }
}
