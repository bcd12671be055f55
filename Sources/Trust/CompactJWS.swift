import MachineConfig
import OpenSSL
import StrictJSON

/// A JWS in its compact form (RFC 7515 §7.1), taken apart but not yet checked.
struct CompactJWS {
    /// In bytes; a configuration is far smaller.
    static let sizeLimit = 256 * 1024

    let algorithm: String
    let key: KeyThumbprint
    let type: String
    /// The payload as it was signed; means nothing before the signature was checked.
    let payload: [UInt8]
    private let signature: [UInt8]
    private let input: [UInt8]

    /// Members of a header that we know; every other is refused, so that nothing that changes the meaning is overlooked.
    private static let members: Set<String> = ["alg", "kid", "typ", "cty"]

    init(_ bytes: [UInt8]) throws(TrustError) {
        guard bytes.count <= Self.sizeLimit else { throw .malformed("it is over 256 KiB") }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("it must be three parts with two dots between") }
        guard let header = Base64URL.decode(parts[0]) else { throw .malformed("the header is not base64url") }
        guard let payload = Base64URL.decode(parts[1]) else { throw .malformed("the payload is not base64url") }
        guard let signature = Base64URL.decode(parts[2]) else { throw .malformed("the signature is not base64url") }
        self.payload = payload
        self.signature = signature
        input = Array(bytes[..<parts[1].endIndex])

        let members = try Self.members(of: header)
        guard let algorithm = members["alg"]?.string else { throw .algorithmRefused("it has no alg") }
        guard ["ES256", "Ed25519", "EdDSA"].contains(algorithm) else {
            throw .algorithmRefused("alg is \(DisplayText.quoted(algorithm))")
        }
        guard let key = members["kid"]?.string.flatMap(KeyThumbprint.init) else {
            throw .headerRefused("kid must be the key's thumbprint")
        }
        guard let type = members["typ"]?.string else { throw .headerRefused("it has no typ") }
        self.algorithm = algorithm
        self.key = key
        self.type = type
    }

    private static func members(of header: [UInt8]) throws(TrustError) -> [String: JSONValue] {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: header, depth: 4)
        } catch {
            throw .malformed("the header is not JSON: \(error)")
        }
        guard let object = value.object else { throw .malformed("the header is not an object") }
        if let unknown = object.keys.filter({ !members.contains($0) }).min() {
            throw .headerRefused("\(DisplayText.quoted(unknown)) is not taken")
        }
        return object
    }

    /// Refuses everything but this key's signature over exactly the bytes that came.
    func verify(with key: PublicJWK) throws(TrustError) {
        guard key.takes(algorithm) else { throw .algorithmRefused("alg is \(algorithm), the key is of another kind") }
        guard key.thumbprint == self.key, key.key.verifies(signature, over: input) else { throw .signatureInvalid }
    }
}
