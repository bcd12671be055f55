import Addresses

/// Reads the references to images in a configuration.
struct ImageReader {
    static let members: Set<String> = ["url", "sha256", "size"]
    /// In bytes: 16 TiB, so that sums of sizes stay far within the type.
    private static let sizes: ClosedRange<Int64> = 1...1 << 44

    let developmentSites: Bool

    func image(_ object: ObjectReader) throws(ConfigurationFault) -> ImageReference {
        guard let url = SecureURL(try object.text("url")), !url.origin.isDevelopmentSite || developmentSites else {
            throw object.fault("url", "must be an https address")
        }
        guard let digest = SHA256Digest(try object.text("sha256")) else {
            throw object.fault("sha256", "must be 64 lower-case hexadecimal digits")
        }
        return ImageReference(url: url, digest: digest, size: try object.integer("size", in: Self.sizes))
    }

    func disks(of document: ObjectReader) throws(ConfigurationFault) -> [Disk] {
        var disks: [Disk] = []
        let members = Self.members.union(["format", "capacity"])
        for object in try document.objects("disks", atMost: 8, taking: members) {
            let image = try image(object)
            let format: DiskFormat = try object.choice("format", or: nil)
            let capacity: Int64
            switch format {
            case .qcow2: capacity = try object.integer("capacity", in: Self.sizes)
            case .raw: capacity = try object.integer("capacity", in: Self.sizes, or: image.size)
            }
            guard format == .qcow2 || capacity >= image.size else {
                throw object.fault("capacity", "must not be less than size")
            }
            disks.append(Disk(image: image, format: format, capacity: capacity))
        }
        return disks
    }
}
