import Cage
import MachineConfig
import Sessions
import SystemPackage

/// A machine's definition in libvirt's XML.
///
/// Lean: what a guest does not need does not exist in it, so no bug in it can be reached. Nothing in it comes from a page but
/// numbers, the kernel's arguments, and file names that are our own.
struct DomainDefinition {
    let specification: MachineSpecification
    let accelerator: Accelerator
    /// Who builds the cage, under the name that stands for what is in it.
    let emulator: FilePath
    let cage: CagePolicy
    let folder: MachineFolder

    /// What a machine's domain is called in libvirt's lists.
    static func name(of machine: MachineIdentifier) -> String { "lodger-\(machine)" }

    func xml() throws(MachineHostError) -> String {
        do throws(XMLElement.Unwritable) {
            return try domain().written()
        } catch {
            throw .unsupported("The \(error.element) holds a character that cannot be passed on.")
        }
    }

    private var configuration: MachineConfiguration { specification.configuration }

    private func domain() throws(XMLElement.Unwritable) -> XMLElement {
        XMLElement(
            "domain",
            ["type": accelerator == .kvm ? "kvm" : "qemu", "xmlns:qemu": "http://libvirt.org/schemas/domain/qemu/1.0"],
            [
                XMLElement("name", text: Self.name(of: specification.identifier)),
                XMLElement("uuid", text: specification.identifier.description),
                XMLElement("metadata", [:], [DomainMetadata(specification).element]),
                XMLElement("memory", ["unit": "MiB"], text: "\(configuration.memory)"),
                XMLElement("vcpu", text: "\(configuration.cpus)"),
                boot,
                XMLElement("features", [:], [XMLElement("acpi"), XMLElement("apic")]),
                processor,
                XMLElement("clock", ["offset": "utc"]),
                XMLElement("on_poweroff", text: "destroy"),
                XMLElement("on_reboot", text: "restart"),
                XMLElement("on_crash", text: "destroy"),
                XMLElement("devices", [:], devices),
                commandLine,
            ])
    }

    /// The machine type's plain name means the newest of the installed QEMU: no machine moves to another.
    private var boot: XMLElement {
        var elements = [XMLElement("type", ["arch": "x86_64", "machine": "q35"], text: "hvm")]
        var attributes: KeyValuePairs<StaticString, String> = [:]
        if configuration.firmware == .uefi {
            attributes = ["firmware": "efi"]
            elements.append(
                XMLElement("firmware", [:], [XMLElement("feature", ["enabled": "no", "name": "secure-boot"])]))
            elements.append(XMLElement("nvram", text: folder.firmwareVariables.string))
        }
        if case .kernel(let kernel, let initrd, let arguments) = configuration.boot {
            elements.append(XMLElement("kernel", text: path(of: kernel)))
            if let initrd { elements.append(XMLElement("initrd", text: path(of: initrd))) }
            if !arguments.isEmpty { elements.append(XMLElement("cmdline", text: arguments)) }
        }
        return XMLElement("os", attributes, elements)
    }

    /// All processors in one socket: some systems count sockets and use no more than two.
    private var processor: XMLElement {
        let topology = XMLElement(
            "topology", ["sockets": "1", "dies": "1", "cores": "\(configuration.cpus)", "threads": "1"])
        return switch accelerator {
        case .kvm:
            XMLElement("cpu", ["mode": "host-passthrough", "check": "none", "migratable": "off"], [topology])
        case .tcg:
            XMLElement("cpu", ["mode": "maximum", "check": "none"], [topology])
        }
    }

    private var devices: [XMLElement] {
        var devices = [XMLElement("emulator", text: emulator.string)]
        devices += disks
        devices.append(XMLElement("controller", ["type": "usb", "model": "none"]))
        devices.append(XMLElement("memballoon", ["model": "none"]))
        devices.append(
            XMLElement("rng", ["model": "virtio"], [XMLElement("backend", ["model": "random"], text: "/dev/urandom")]))
        if configuration.display { devices += display }
        return devices
    }

    /// A picture that is reached through a descriptor alone: no port, no socket file.
    ///
    /// The VNC server comes first, which `openDisplay` counts on. The D-Bus display beside it keeps QEMU from updating a still
    /// picture ever more seldom. The virtio keyboard and tablet take over from the PS/2 ones, which every q35 machine has, when
    /// the guest has started its drivers: menus of the firmware can be used, too.
    private var display: [XMLElement] {
        [
            XMLElement("input", ["type": "keyboard", "bus": "virtio"]),
            XMLElement("input", ["type": "tablet", "bus": "virtio"]),
            XMLElement("graphics", ["type": "vnc"], [XMLElement("listen", ["type": "none"])]),
            XMLElement("graphics", ["type": "dbus", "p2p": "yes"]),
            XMLElement("video", [:], [XMLElement("model", ["type": "virtio", "heads": "1", "primary": "yes"])]),
        ]
    }

    private var disks: [XMLElement] {
        var disks: [XMLElement] = []
        var order = 1
        if case .cdrom(let image) = configuration.boot {
            disks.append(cdrom(image))
            order += 1
        }
        for (place, (disk, overlay)) in zip(configuration.disks, specification.overlays).enumerated() {
            disks.append(layeredDisk(disk, overlay: overlay, place: place, order: order + place))
        }
        return disks
    }

    private var bootsFromDevices: Bool {
        if case .kernel = configuration.boot { false } else { true }
    }

    private func cdrom(_ image: ImageReference) -> XMLElement {
        XMLElement(
            "disk", ["type": "file", "device": "cdrom"],
            [
                XMLElement("driver", ["name": "qemu", "type": "raw"]),
                XMLElement("source", ["file": path(of: image)]),
                XMLElement("backingStore"),
                XMLElement("target", ["dev": "sda", "bus": "sata"]),
                XMLElement("readonly"),
                XMLElement("boot", ["order": "1"]),
            ])
    }

    /// The machine's own layer over the shared image, with both formats told: QEMU guesses nothing and follows no name that an
    /// image holds.
    ///
    /// The layer lives no longer than the machine, so what the guest wants on the disk at once need not be: a computer that
    /// fails takes the machine with it.
    private func layeredDisk(_ disk: Disk, overlay: FilePath, place: Int, order: Int) -> XMLElement {
        let base = XMLElement(
            "backingStore", ["type": "file"],
            [
                XMLElement("format", ["type": disk.format.rawValue]),
                XMLElement("source", ["file": path(of: disk.image)]),
                XMLElement("backingStore"),
            ])
        var elements = [
            XMLElement("driver", ["name": "qemu", "type": "qcow2", "cache": "unsafe", "discard": "unmap"]),
            XMLElement("source", ["file": overlay.string]),
            base,
            XMLElement("target", ["dev": Self.diskName(place), "bus": "virtio"]),
        ]
        if bootsFromDevices { elements.append(XMLElement("boot", ["order": "\(order)"])) }
        return XMLElement("disk", ["type": "file", "device": "disk"], elements)
    }

    /// From `vda` to `vdz`; a configuration has fewer.
    private static func diskName(_ place: Int) -> String {
        precondition(place < 26, "a configuration has at the most 26 disks")
        return "vd" + String(UnicodeScalar(UInt8(ascii: "a") + UInt8(place)))
    }

    private func path(of image: ImageReference) -> String {
        guard let path = specification.images[image.digest] else {
            preconditionFailure("a specification holds a path for each of its configuration's images")
        }
        return path.string
    }

    /// What libvirt passes on as it is: to QEMU its network, to the builder of its cage the policy.
    private var commandLine: XMLElement {
        let order = QEMUOption.json(CageOrder(policy: cage).words)
        return XMLElement(
            "qemu:commandline", [:],
            networkArguments.map { XMLElement("qemu:arg", ["value": $0]) }
                + [XMLElement("qemu:env", ["name": Cage.variable, "value": order])])
    }

    /// QEMU holds the machine's card out on a socket, to which our network process connects: libvirt has no word for this.
    ///
    /// No firmware for booting from the network is loaded into the card.
    private var networkArguments: [String] {
        guard DomainMetadata(specification).hasNetwork else { return [] }
        let socket = StreamSocket(type: "unix", path: folder.card.string)
        let backend = StreamBackend(type: "stream", id: "net", server: true, addr: socket)
        let card = NetworkCard(
            driver: "virtio-net-pci", netdev: "net", mac: "52:54:00:4c:4f:44", romfile: "", bus: "pcie.0", addr: "0x10")
        return ["-netdev", QEMUOption.json(backend), "-device", QEMUOption.json(card)]
    }

    private struct StreamSocket: Encodable {
        let type, path: String
    }

    private struct StreamBackend: Encodable {
        let type, id: String
        let server: Bool
        let addr: StreamSocket
    }

    private struct NetworkCard: Encodable {
        let driver, netdev, mac, romfile, bus, addr: String
    }
}
