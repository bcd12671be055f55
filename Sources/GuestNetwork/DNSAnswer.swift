package import Addresses

/// What a name server said that a name means.
package struct DNSAnswer: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// None where the name has no address of that kind.
        case addresses([IPAddress])
        case noSuchName
        /// Another server may know more.
        case failed
    }

    package let outcome: Outcome
    /// In seconds: the shortest of all records that count.
    package let lifetime: UInt32

    /// More records than this are no honest answer, nor is a longer chain of names.
    private static let (mostRecords, longestChain) = (100, 8)

    /// Reads the answer to a question that was asked under a number; nil for what is not that.
    package init?(parsing message: [UInt8], to question: DNSQuestion, number: UInt16) {
        var reader = DNSReader(message)
        do throws(DNSReader.Malformed) {
            guard try reader.word() == number else { return nil }
            let flags = try reader.word()
            let (questions, records) = (try reader.word(), try reader.word())
            try reader.skip(4)
            guard flags & 0xF800 == 0x8000, questions == 1, records <= Self.mostRecords else { return nil }
            guard try reader.name() == question.name, try reader.word() == question.kind, try reader.word() == 1 else {
                return nil
            }
            let isCut = flags & 0x0200 != 0
            switch flags & 0xF {
            case 0:
                let found = try Records(&reader, count: Int(records), kind: question.kind, toleratingEnd: isCut)
                (outcome, lifetime) = found.meaning(of: question.name, isCut: isCut)
            case 3: (outcome, lifetime) = (.noSuchName, 0)
            default: (outcome, lifetime) = (.failed, 0)
            }
        } catch {
            return nil
        }
    }

    /// The records of one answer that could lead from a name to its addresses.
    private struct Records {
        private var aliases: [String: (name: String, lifetime: UInt32)] = [:]
        private var addresses: [String: [(address: IPAddress, lifetime: UInt32)]] = [:]

        init(
            _ reader: inout DNSReader, count: Int, kind: UInt16, toleratingEnd: Bool
        ) throws(DNSReader.Malformed) {
            for _ in 0..<count {
                do throws(DNSReader.Malformed) {
                    try read(&reader, kind: kind)
                } catch {
                    guard toleratingEnd else { throw error }
                    return
                }
            }
        }

        private mutating func read(_ reader: inout DNSReader, kind wanted: UInt16) throws(DNSReader.Malformed) {
            let owner = try reader.name()
            let (kind, category, lifetime) = (try reader.word(), try reader.word(), try reader.double())
            let size = Int(try reader.word())
            var inside = reader
            try reader.skip(size)
            guard category == 1 else { return }
            if kind == 5 {
                let target = try inside.name()
                guard inside.position == reader.position else { throw DNSReader.Malformed() }
                if aliases[owner] == nil { aliases[owner] = (target, lifetime) }
            } else if kind == wanted {
                let bytes = try inside.take(size)
                guard let address = IPAddress(bytes: bytes), address.isVersion6 == (kind == DNSQuestion.version6)
                else { throw DNSReader.Malformed() }
                addresses[owner, default: []].append((address, lifetime))
            }
        }

        /// Follows the chain of names from the one that was asked for; what does not hang on it does not count.
        func meaning(of asked: String, isCut: Bool) -> (Outcome, UInt32) {
            var name = asked
            var shortest = UInt32.max
            for _ in 0..<DNSAnswer.longestChain {
                if let found = addresses[name] {
                    return (
                        .addresses(found.map(\.address)), found.reduce(shortest) { min($0, $1.lifetime) }
                    )
                }
                guard let alias = aliases[name] else { return (isCut ? .failed : .addresses([]), 0) }
                shortest = min(shortest, alias.lifetime)
                name = alias.name
            }
            return (.failed, 0)
        }
    }
}
