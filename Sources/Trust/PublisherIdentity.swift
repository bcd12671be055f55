package import FoundationEssentials

/// What is known of the key that signed a configuration, as the owner is told.
package enum PublisherIdentity: Sendable, Hashable {
    /// The site was never seen on this computer.
    case firstTime(KeyThumbprint)
    /// The key is the one that was pinned, or one that a pinned key vouched for.
    case known(KeyThumbprint, since: Date)
    /// Another key, that no pinned one vouched for.
    case changed(from: KeyThumbprint, to: KeyThumbprint)

    package var thumbprint: KeyThumbprint {
        switch self {
        case .firstTime(let thumbprint), .known(let thumbprint, _), .changed(_, let thumbprint): thumbprint
        }
    }
}

/// The RFC 7638 SHA-256 thumbprint of a public key, in base64url: 43 characters.
///
/// An RSA key of an older configuration has the SHA-256 of its SubjectPublicKeyInfo in its place.
package struct KeyThumbprint: Hashable, Sendable, Codable, CustomStringConvertible {
    package let description: String

    package init?(_ text: String) {
        guard text.utf8.count == 43,
            text.utf8.allSatisfy({ byte in
                (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == 0x2D || byte == 0x5F
            })
        else { return nil }
        description = text
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let thumbprint = KeyThumbprint(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a key thumbprint")
        }
        self = thumbprint
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
