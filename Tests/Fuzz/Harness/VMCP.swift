@testable import Trust

/// A configuration of the older form: no two documents that differ in what they say have one text to sign.
@Sendable func fuzzVMCP(_ bytes: [UInt8]) {
    guard let document = try? VMCPDocument(bytes) else { return }
    let signed = VMCPDocument.canonical(document.members, salt: "salt")
    demand(members(in: signed) == document.members.lowercased, "another document is signed alike")
    guard let vmcp = try? VMCP(document.members) else { return }
    demand((1...256).contains(vmcp.cpus) && (16...1 << 20).contains(vmcp.memory), "too large")
    demand(
        (1...60).contains(vmcp.name.utf8.count) && (1...100).contains(vmcp.executionCap) && vmcp.apiPort > 0, "range")
    demand(!"\(vmcp.cernvmVersion)\(vmcp.cernvmFlavor)".contains("/"), "a name that leads elsewhere")
    demand((try? vmcp.machine(under: VMCPRules(), sizes: [:])) == nil, "a machine of a size that nobody knows")
}

/// What somebody reads who takes the signed text apart.
private func members(in signed: [UInt8]) -> [String: String] {
    var members: [String: String] = [:]
    for line in String(decoding: signed, as: UTF8.self).utf8.split(separator: UInt8(ascii: "\n")).dropLast() {
        let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        members[String(decoding: parts[0], as: UTF8.self)] =
            parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : nil
    }
    return members
}

extension [String: String] {
    /// As they are signed: names in lower case of ASCII, values percent-encoded.
    fileprivate var lowercased: [String: String] {
        var members: [String: String] = [:]
        for (name, value) in self {
            let bytes = name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            members[String(decoding: bytes, as: UTF8.self)] = PercentEncoding.encode(value)
        }
        return members
    }
}
