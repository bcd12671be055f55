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
        let flat = FlatMembers(object)
        let names = Array(flat.texts.keys) + Array(flat.alternates.keys)
        guard names.allSatisfy(Self.isName) else { throw .malformed("a member has a name that cannot be signed") }
        guard flat.namesAreDistinct else { throw .malformed("two members differ in upper and lower case only") }
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

    /// Names are signed as they are: one with an equals sign or an end of line in it could stand for two members.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "=") }
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
