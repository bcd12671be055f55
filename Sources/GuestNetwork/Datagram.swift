package import Addresses

/// A UDP datagram of the guest, with all that an answer to it needs.
package struct Datagram: Hashable, Sendable {
    /// The Ethernet address of the guest's card.
    package let hardware: [UInt8]
    package let source: IPAddress
    package let sourcePort: UInt16
    package let destination: IPAddress
    package let destinationPort: UInt16
    package let content: [UInt8]

    /// The frame that answers it.
    func reply(_ payload: [UInt8]) -> [UInt8] {
        let size = UInt16(8 + payload.count)
        let head = destinationPort.bytes + sourcePort.bytes + size.bytes
        let pseudo = destination.bytes + source.bytes + [0, IPPacket.udp] + size.bytes
        let sum = Self.checksum(pseudo + head + [0, 0] + payload)
        // Zero would mean that there is none.
        let content = head + (sum == 0 ? 0xFFFF : sum).bytes + payload
        return ethernet + (source.isVersion6 ? header6(content.count) : header4(content.count)) + content
    }

    /// By the stack's own scheme: its Ethernet addresses end with its addresses of IPv4.
    private static let nameServer: [UInt8] = [0x52, 0x55, 10, 0, 2, 3]

    private var ethernet: [UInt8] {
        hardware + Self.nameServer + (source.isVersion6 ? [0x86, 0xDD] : [0x08, 0x00])
    }

    private func header4(_ size: Int) -> [UInt8] {
        let start: [UInt8] = [0x45, 0] + UInt16(20 + size).bytes + [0, 0, 0x40, 0, 64, IPPacket.udp]
        let ends = destination.bytes + source.bytes
        return start + Self.checksum(start + [0, 0] + ends).bytes + ends
    }

    private func header6(_ size: Int) -> [UInt8] {
        [0x60, 0, 0, 0] + UInt16(size).bytes + [IPPacket.udp, 64] + destination.bytes + source.bytes
    }

    /// The internet's sum over 16-bit words.
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for place in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[place]) << 8 + (place + 1 < bytes.count ? UInt32(bytes[place + 1]) : 0)
        }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(sum)
    }
}

extension UInt16 {
    /// In network order.
    var bytes: [UInt8] { [UInt8(self >> 8), UInt8(truncatingIfNeeded: self)] }
}

extension UInt32 {
    /// In network order.
    var bytes: [UInt8] { UInt16(self >> 16).bytes + UInt16(truncatingIfNeeded: self).bytes }
}
