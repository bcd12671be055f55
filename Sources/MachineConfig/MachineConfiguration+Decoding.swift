import Addresses
package import StrictJSON

extension MachineConfiguration {
    /// Members of a signed document that are not about the machine; checked by whoever checked the signature.
    private static let envelope: Set<String> = ["iss", "aud", "iat", "exp", "nonce", "version"]

    /// Reads a configuration; the fault of a wrong one names its field.
    ///
    /// `developmentSites` says whether addresses of `http://localhost` are taken.
    package init(decoding value: JSONValue, developmentSites: Bool) throws(ConfigurationFault) {
        let document = try ObjectReader(value, at: "", taking: ["name", "vm", "boot", "disks", "network", "lifetime"]) {
            Self.envelope.contains($0) || $0.hasPrefix("x-")
        }
        let vm = try document.object("vm", taking: ["cpus", "memory", "firmware", "display"])
        let network = try document.optionalObject("network", taking: ["hosts", "internet", "ports"])
        let images = ImageReader(developmentSites: developmentSites)
        let disks = try images.disks(of: document)
        if let network, try network.bool("internet", or: false) {
            try network.refuse(["hosts"], because: "goes without internet, which holds every host")
        }
        self.init(
            name: try Self.name(document),
            cpus: Int(try vm.integer("cpus", in: 1...256)),
            memory: Int(try vm.integer("memory", in: 16...1_048_576)),
            firmware: try vm.choice("firmware", or: .bios),
            boot: try Self.boot(document, images: images, hasDisk: !disks.isEmpty),
            disks: disks,
            hosts: try Self.hosts(network),
            internet: try network?.bool("internet", or: false) ?? false,
            ports: try network?.ports("ports", atMost: 8) ?? [],
            lifetime: try Self.lifetime(document),
            display: try vm.bool("display", or: true))
    }

    private static func name(_ document: ObjectReader) throws(ConfigurationFault) -> String {
        let name = try document.text("name")
        guard DisplayText.lengths.contains(name.unicodeScalars.count) else {
            throw document.fault("name", "must be 1 to \(DisplayText.lengths.upperBound) characters")
        }
        guard DisplayText.isHarmless(name) else {
            throw document.fault(
                "name", "must begin and end visibly, without control, invisible or direction-changing characters")
        }
        return name
    }

    private static func boot(
        _ document: ObjectReader, images: ImageReader, hasDisk: Bool
    ) throws(ConfigurationFault) -> BootSource {
        guard
            let boot = try document.optionalObject("boot", taking: ["from", "image", "kernel", "initrd", "arguments"])
        else { return try fromDisk(document, hasDisk) }
        switch try boot.text("from") {
        case "disk":
            try boot.refuse(["image", "kernel", "initrd", "arguments"], because: "goes with another kind of boot")
            return try fromDisk(document, hasDisk)
        case "cdrom":
            try boot.refuse(["kernel", "initrd", "arguments"], because: "goes with boot from kernel")
            return .cdrom(try images.image(boot.object("image", taking: ImageReader.members)))
        case "kernel":
            try boot.refuse(["image"], because: "goes with boot from cdrom")
            return .kernel(
                try images.image(boot.object("kernel", taking: ImageReader.members)),
                initrd: try boot.optionalObject("initrd", taking: ImageReader.members).map(images.image),
                arguments: try arguments(boot))
        default:
            throw boot.fault("from", "must be disk, cdrom or kernel")
        }
    }

    private static func fromDisk(_ document: ObjectReader, _ hasDisk: Bool) throws(ConfigurationFault) -> BootSource {
        guard hasDisk else { throw document.fault("disks", "must name a disk to boot from") }
        return .disk
    }

    private static func arguments(_ boot: ObjectReader) throws(ConfigurationFault) -> String {
        guard let arguments = try boot.optionalText("arguments") else { return "" }
        guard arguments.utf8.count <= 1024, arguments.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            throw boot.fault("arguments", "must be at most 1024 printable ASCII characters")
        }
        return arguments
    }

    private static func hosts(_ network: ObjectReader?) throws(ConfigurationFault) -> [GuestHost] {
        guard let network else { return [] }
        var hosts: [GuestHost] = []
        for host in try network.objects("hosts", atMost: 16, taking: ["name", "ports"]) {
            let name = try host.text("name")
            let labels = name.hasPrefix("*.") ? name.dropFirst(2) : Substring(name)
            // The parser of addresses is the one place that knows what a host name is.
            guard labels.contains("."), let origin = SiteOrigin("https://\(labels)"), IPAddress(origin.host) == nil,
                origin.host == labels
            else { throw host.fault("name", "must be a host name such as data.example, or *.data.example") }
            let ports = try host.ports("ports", atMost: 8)
            guard !ports.isEmpty else { throw host.fault("ports", "must name at least one port") }
            hosts.append(GuestHost(name: name, ports: ports))
        }
        return hosts
    }

    private static func lifetime(_ document: ObjectReader) throws(ConfigurationFault) -> Lifetime {
        guard let lifetime = try document.optionalObject("lifetime", taking: ["minutes", "background"]) else {
            return Lifetime(minutes: 480, background: false)
        }
        return Lifetime(
            minutes: Int(try lifetime.integer("minutes", in: 1...525_600, or: 480)),
            background: try lifetime.bool("background", or: false))
    }
}
