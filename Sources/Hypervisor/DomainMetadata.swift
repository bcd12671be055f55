import MachineConfig

/// What a machine's domain says about itself, so that it can be taken over without the store.
struct DomainMetadata: Hashable {
    static let namespace = "urn:lodger:machine:1"

    let ports: [UInt16]

    init(_ configuration: MachineConfiguration) { ports = configuration.ports }

    /// Reads the element as libvirt gives it back, which may quote otherwise; `nil` where it is not ours.
    init?(_ text: String) {
        guard let name = text.firstRange(of: "ports=") else { return nil }
        let rest = text[name.upperBound...]
        guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
        let value = rest.dropFirst().prefix { $0 != quote }
        let parsed = value.split(separator: " ").map { UInt16($0) }
        let ports = parsed.compactMap(\.self)
        guard ports.count == parsed.count else { return nil }
        self.ports = ports
    }

    var element: XMLElement {
        XMLElement(
            "lodger:machine",
            ["xmlns:lodger": Self.namespace, "ports": ports.map { "\($0)" }.joined(separator: " ")])
    }
}
