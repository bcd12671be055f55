import MachineConfig
import OpenSSL
import StrictJSON

/// A configuration in the form of CernVM WebAPI, flattened as that form is read, but not yet checked.
struct VMCPDocument {
    /// In bytes; a configuration is far smaller.
    static let sizeLimit = 256 * 1024

    /// Texts, and whole numbers as text; what was signed counts, in the spelling in which it came.
    let members: [String: String]
    /// Members that the first daemons dropped and that some signers sign all the same: nothing as empty, yes and no as 1 and 0.
    private let alternates: [String: String]
    private let signature: [UInt8]

    init(_ bytes: [UInt8]) throws(TrustError) {
        guard bytes.count <= Self.sizeLimit else { throw .malformed("it is over 256 KiB") }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .malformed("it is not JSON: \(error)")
        }
        guard let object = value.object else { throw .malformed("it is not a JSON object") }
        var flat = FlatMembers()
        flat.add(object)
        guard flat.namesAreDistinct else { throw .malformed("two members differ in upper and lower case only") }
        guard flat.namesAreSignable else { throw .malformed("a member's name holds an end of line or =") }
        for name in ["name", "secret", "signature"] where flat.texts[name]?.isEmpty ?? true {
            throw .configuration(ConfigurationFault(field: name, reason: "must be there"))
        }
        guard let signature = flat.texts["signature"].flatMap(Base64.decode) else {
            throw .headerRefused("the signature is not base64")
        }
        members = flat.texts.filter { $0.key.lowercased() != "signature" }
        alternates = flat.alternates.filter { $0.key.lowercased() != "signature" }
        self.signature = signature
    }

    /// Refuses everything but this key's signature over the members and exactly this salt.
    func verify(with key: LegacyKey, salt: String) throws(TrustError) {
        let forms = [members] + (alternates.isEmpty ? [] : [members.merging(alternates) { text, _ in text }])
        guard forms.contains(where: { key.key.verifies(signature, over: Self.canonical($0, salt: salt)) }) else {
            throw .signatureInvalid
        }
    }

    /// The bytes that are signed: a line for each member in the byte order of the names, then the salt without an end of line.
    static func canonical(_ members: [String: String], salt: String) -> [UInt8] {
        let names = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var bytes: [UInt8] = []
        for name in names {
            bytes += name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            bytes.append(UInt8(ascii: "="))
            bytes += PercentEncoding.encode(members[name] ?? "").utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes + salt.utf8
    }
}

/// The members of nested objects beside those of the object itself, later names over earlier ones.
private struct FlatMembers {
    private(set) var texts: [String: String] = [:]
    private(set) var alternates: [String: String] = [:]

    var namesAreDistinct: Bool {
        let names = Array(texts.keys) + Array(alternates.keys)
        return Set(names.map { $0.lowercased() }).count == names.count
    }

    /// Names are signed as they are: with these in them, documents that differ would have one text to sign.
    var namesAreSignable: Bool {
        (Array(texts.keys) + alternates.keys).allSatisfy { !$0.utf8.contains(where: "=\n".utf8.contains) }
    }

    mutating func add(_ object: [String: JSONValue]) {
        for (name, value) in object.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            switch value {
            case .string(let text): set(name, text)
            case .integer(let number) where Int32(exactly: number) != nil: set(name, "\(number)")
            case .object(let inner): add(inner)
            case .bool(let flag): setAlternate(name, flag ? "1" : "0")
            case .null: setAlternate(name, "")
            case .integer, .otherNumber, .array: break
            }
        }
    }

    private mutating func set(_ name: String, _ text: String) {
        texts[name] = text
        alternates[name] = nil
    }

    private mutating func setAlternate(_ name: String, _ text: String) {
        if texts[name] == nil { alternates[name] = text }
    }
}
