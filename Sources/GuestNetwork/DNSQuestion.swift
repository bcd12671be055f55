package import Addresses

/// One question of a guest for what a name means.
package struct DNSQuestion: Hashable, Sendable {
    /// The guest's own number for it.
    package let identifier: UInt16
    /// In lower case, without a dot at the end.
    package let name: String
    package let kind: UInt16
    /// The name, kind and class as they came, letter case included: a client may look whether they come back so.
    let text: [UInt8]
    private let recursionDesired: Bool

    static let (version4, version6): (UInt16, UInt16) = (1, 28)

    /// Reads a message that asks one thing, and nothing else; records that extend the protocol are not looked at.
    package init?(parsing message: [UInt8]) {
        guard message.count <= 512 else { return nil }
        var reader = DNSReader(message)
        do throws(DNSReader.Malformed) {
            identifier = try reader.word()
            let flags = try reader.word()
            let counts = [try reader.word(), try reader.word(), try reader.word(), try reader.word()]
            // Neither an answer, nor another operation than a question.
            guard flags & 0xF800 == 0, counts[..<3] == [1, 0, 0], counts[3] <= 1 else { return nil }
            recursionDesired = flags & 0x0100 != 0
            let start = reader.position
            name = try reader.name()
            kind = try reader.word()
            guard try reader.word() == 1, !name.isEmpty else { return nil }
            text = Array(message[start..<reader.position])
        } catch {
            return nil
        }
    }

    package var isAboutAddresses: Bool { kind == Self.version4 || kind == Self.version6 }

    package enum Code: UInt8, Sendable {
        case success = 0
        case serverFailure = 2
        case noSuchName = 3
    }

    /// The whole message that answers: the addresses stand under the name itself, whatever others led to them.
    package func answer(_ code: Code, _ addresses: [IPAddress] = [], lifetime: UInt32 = 0) -> [UInt8] {
        // What comes with each address, and what a message may have without the extensions of the protocol.
        let room = (512 - 12 - text.count) / (12 + (kind == Self.version6 ? 16 : 4))
        let fitting = addresses.filter { $0.isVersion6 == (kind == Self.version6) }.prefix(min(room, 16))
        // An answer, with recursion available.
        let flags = 0x8080 | (recursionDesired ? 0x0100 : 0) | UInt16(code.rawValue)
        var message = identifier.bytes + flags.bytes + [0, 1] + UInt16(fitting.count).bytes + [0, 0, 0, 0] + text
        for address in fitting {
            // The name is the question's, which stands right behind the head.
            message += [0xC0, 0x0C] + kind.bytes + [0, 1] + lifetime.bytes
            message += UInt16(address.bytes.count).bytes + address.bytes
        }
        return message
    }

    /// The message that asks a name server for the same, under a number of our own.
    func forwarded(as number: UInt16) -> [UInt8] {
        let labels = name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        // Recursion is desired; one record at the end says that answers may have 1232 bytes.
        return number.bytes + [0x01, 0, 0, 1, 0, 0, 0, 0, 0, 1] + labels + [0] + kind.bytes + [0, 1]
            + [0, 0, 41] + UInt16(Self.largestAnswer).bytes + [0, 0, 0, 0, 0, 0]
    }

    static let largestAnswer = 1232
}
