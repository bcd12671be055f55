import MachineConfig
import Sessions

/// What a machine's domain says about itself, so that it can be taken over without the store: all that its network needs.
struct DomainMetadata: Hashable {
    static let namespace = "urn:lodger:machine:1"

    let session: SessionIdentifier
    let ports: [UInt16]
    let hosts: [GuestHost]
    let internet: Bool

    init(_ machine: MachineSpecification) {
        session = machine.session
        ports = machine.configuration.ports
        hosts = machine.configuration.hosts
        internet = machine.configuration.internet
    }

    /// Without any of these a machine has no card.
    var hasNetwork: Bool { !ports.isEmpty || reachesOut }

    var reachesOut: Bool { !hosts.isEmpty || internet }

    /// Reads the element as libvirt gives it back, which may quote otherwise; `nil` where it is not ours.
    init?(_ text: String) {
        guard let session = Self.value(of: "session", in: text).flatMap({ SessionIdentifier(String($0)) }),
            let ports = Self.ports(Self.value(of: "ports", in: text), separator: " "),
            let hosts = Self.value(of: "hosts", in: text)?.split(separator: " ").map({ Self.host($0) }),
            !hosts.contains(nil)
        else { return nil }
        self.session = session
        self.ports = ports
        self.hosts = hosts.compactMap(\.self)
        internet = Self.value(of: "internet", in: text) == "yes"
    }

    var element: XMLElement {
        XMLElement(
            "lodger:machine",
            [
                "xmlns:lodger": Self.namespace, "session": session.description,
                "ports": ports.map { "\($0)" }.joined(separator: " "),
                "hosts": hosts.map(Self.text).joined(separator: " "), "internet": internet ? "yes" : "no",
            ])
    }

    /// `data.example:443+8443`, which is also how the network's process is told.
    static func text(of host: GuestHost) -> String {
        "\(host.name):\(host.ports.map { "\($0)" }.joined(separator: "+"))"
    }

    private static func host(_ text: Substring) -> GuestHost? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let ports = ports(parts[1], separator: "+") else { return nil }
        return GuestHost(name: String(parts[0]), ports: ports)
    }

    private static func ports(_ text: Substring?, separator: Character) -> [UInt16]? {
        guard let numbers = text?.split(separator: separator).map({ UInt16($0) }) else { return nil }
        let ports = numbers.compactMap(\.self)
        return ports.count == numbers.count ? ports : nil
    }

    private static func value(of attribute: String, in text: String) -> Substring? {
        guard let name = text.firstRange(of: " \(attribute)=") else { return nil }
        let rest = text[name.upperBound...]
        guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
        return rest.dropFirst().prefix { $0 != quote }
    }
}
