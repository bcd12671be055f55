/// A host that the guest may reach, and its TCP ports: `data.example:443+8443`, or `*.` and a name for all names below it.
package struct HostRule: Sendable, Hashable {
    package let name: String
    package let ports: [UInt16]

    package init(name: String, ports: [UInt16]) {
        self.name = name
        self.ports = ports
    }

    package init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        let numbers = parts[1].split(separator: "+", omittingEmptySubsequences: false).map { UInt16($0) }
        let ports = numbers.compactMap(\.self)
        guard ports.count == numbers.count, !ports.contains(0) else { return nil }
        self.init(name: String(parts[0]), ports: ports)
    }

    /// Takes names in lower case without a dot at the end.
    package func covers(_ asked: String) -> Bool {
        guard name.hasPrefix("*.") else { return asked == name }
        return asked.hasSuffix(name.dropFirst()) && asked.utf8.count >= name.utf8.count
    }
}
