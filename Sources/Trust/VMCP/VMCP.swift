import MachineConfig

/// What a verified document of CernVM WebAPI says, in its own words and each in its range.
package struct VMCP: Sendable, Hashable, Codable {
    package let name: String
    package let cpus: Int
    /// In MiB.
    package let memory: Int
    /// The empty disk beside the system, in MiB; 0 for none.
    package let disk: Int
    /// How much of the processors it may take, in per cent.
    package let executionCap: Int
    package let cernvmVersion: String
    package let cernvmFlavor: String
    package let flags: Flags
    package let diskURL: String
    package let diskChecksum: String
    /// What the guest is told at its start, with places for values that the page names.
    package let userData: String
    /// The guest's TCP port that the page reaches.
    package let apiPort: UInt16
    /// Names of fields that the page may change.
    package let canOverride: Set<String>

    package struct Flags: OptionSet, Sendable, Hashable, Codable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let system64Bit = Flags(rawValue: 1)
        /// From the disk at `diskURL`, and not from a CD of CernVM.
        package static let deploymentDisk = Flags(rawValue: 2)
        package static let guestAdditions = Flags(rawValue: 4)
        /// What the guest is told lies on a floppy disk, and not on a CD.
        package static let floppyIO = Flags(rawValue: 8)
        package static let headful = Flags(rawValue: 16)
        package static let graphical = Flags(rawValue: 32)
        package static let dualNetwork = Flags(rawValue: 64)
    }

    /// Reads the members of a document whose signature is right; the fault of a wrong one names its field.
    init(_ members: [String: String]) throws(ConfigurationFault) {
        let fields = VMCPFields(members: members)
        name = try fields.name()
        cpus = try fields.integer("cpus", "vcpus", in: 1...256, or: 1)
        memory = try fields.integer("memory", "ram", in: 16...1_048_576, or: 512)
        disk = try fields.integer("disk", in: 0...16_777_216, or: 1024)
        executionCap = try fields.integer("executionCap", in: 1...100, or: 100)
        cernvmVersion = try fields.word("cernvmVersion", "version", or: "latest")
        cernvmFlavor = try fields.word("cernvmFlavor", or: "prod")
        flags = Flags(rawValue: try fields.integer("flags", in: 0...Int(Int32.max), or: 0))
        diskURL = members["diskURL"] ?? ""
        diskChecksum = members["diskChecksum"] ?? ""
        userData = members["userData"] ?? ""
        apiPort = UInt16(try fields.integer("apiPort", in: 1...65535, or: 80))
        let names = (members["canOverride"] ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        canOverride = Set(names.filter { !$0.isEmpty })
        guard diskURL.isEmpty || !diskChecksum.isEmpty else {
            throw ConfigurationFault(field: "diskChecksum", reason: "must be there beside diskURL")
        }
    }
}

/// Reads fields that are all texts; an older name of one counts where the present one is not there.
private struct VMCPFields {
    let members: [String: String]

    /// The letters that a host name of the older daemons could have.
    func name() throws(ConfigurationFault) -> String {
        let name = members["name"] ?? ""
        guard DisplayText.lengths.contains(name.utf8.count), name.utf8.allSatisfy(Self.isPlain) else {
            throw ConfigurationFault(
                field: "name",
                reason: "must be 1 to \(DisplayText.lengths.upperBound) of the characters A-Z a-z 0-9 + - _ ~")
        }
        return name
    }

    func integer(
        _ name: String, _ older: String? = nil, in range: ClosedRange<Int>, or fallback: Int
    ) throws(ConfigurationFault) -> Int {
        guard let (field, text) = text(name, older) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw ConfigurationFault(
                field: field, reason: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A part of a file's name: it leads nowhere else.
    func word(_ name: String, _ older: String? = nil, or fallback: String) throws(ConfigurationFault) -> String {
        guard let (field, text) = text(name, older) else { return fallback }
        guard text.utf8.count <= 40, text.first != ".", text.utf8.allSatisfy({ Self.isPlain($0) || $0 == 0x2E }) else {
            throw ConfigurationFault(field: field, reason: "must be letters, digits, dots and hyphens")
        }
        return text
    }

    private func text(_ name: String, _ older: String?) -> (field: String, text: String)? {
        for field in [name, older].compactMap(\.self) {
            if let text = members[field], !text.isEmpty { return (field, text) }
        }
        return nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "+-_~".utf8.contains(byte)
        }
    }
}
