package import Slirp

/// Decides which of the guest's frames reach the network stack.
///
/// The stack itself is restricted, but its protection covers less than its name says: a frame that is addressed to 127.0.0.1
/// has reached the services of this computer. So only these pass: ARP, the question for an address, and what a forwarded
/// port answers. Everything that has no use here is dropped before any other code reads it.
package struct FrameFilter: Sendable {
    private let layout: NetworkLayout
    private let ports: Set<UInt16>

    /// `ports` are the guest's forwarded TCP ports.
    package init(_ layout: NetworkLayout, ports: Set<UInt16>) {
        self.layout = layout
        self.ports = ports
    }

    package enum Verdict: Hashable, Sendable {
        case pass
        case drop(Reason)
    }

    package enum Reason: Hashable, Sendable {
        /// Shorter than its own headers say, or with a header that is not one.
        case malformed
        /// Neither ARP nor IPv4: IPv6 among others.
        case otherProtocol
        case options
        case fragment
        /// From an address that is not the guest's.
        case source
        /// To anything but the gateway.
        case destination
        /// UDP that asks no address, ICMP, TCP from a port that is not forwarded.
        case service
        /// A connection that the guest wants to open.
        case connectionAttempt
    }

    package func verdict(on frame: ArraySlice<UInt8>) -> Verdict {
        let bytes = FrameBytes(frame)
        guard let kind = bytes.word(at: 12) else { return .drop(.malformed) }
        switch kind {
        case 0x0806: return verdictOnARP(bytes)
        case 0x0800: return verdictOnIPv4(bytes)
        default: return .drop(.otherProtocol)
        }
    }

    /// A question or an answer about IPv4 addresses on Ethernet, and nothing else.
    private func verdictOnARP(_ bytes: FrameBytes) -> Verdict {
        guard bytes.count >= 14 + 28, bytes.word(at: 14) == 1, bytes.word(at: 16) == 0x0800,
            bytes.word(at: 18) == 0x0604,
            let operation = bytes.word(at: 20), let sender = bytes.double(at: 28)
        else { return .drop(.malformed) }
        guard operation == 1 || operation == 2 else { return .drop(.service) }
        guard sender == layout.guest.value || sender == 0 else { return .drop(.source) }
        return .pass
    }

    private func verdictOnIPv4(_ bytes: FrameBytes) -> Verdict {
        guard let first = bytes.byte(at: 14), let length = bytes.word(at: 16), let fragment = bytes.word(at: 20),
            let service = bytes.byte(at: 23), let source = bytes.double(at: 26), let destination = bytes.double(at: 30)
        else { return .drop(.malformed) }
        guard first >> 4 == 4, first & 0xF >= 5, Int(length) >= Int(first & 0xF) * 4, 14 + Int(length) <= bytes.count
        else { return .drop(.malformed) }
        guard first & 0xF == 5 else { return .drop(.options) }
        // The bit beside "more fragments" is "do not fragment"; the highest is reserved.
        guard fragment & 0xBFFF == 0 else { return .drop(.fragment) }
        switch service {
        case 17: return verdictOnUDP(bytes, length: Int(length), source: source, destination: destination)
        case 6: return verdictOnTCP(bytes, length: Int(length), source: source, destination: destination)
        default: return .drop(.service)
        }
    }

    /// DHCP: the one thing that the guest may say before it has an address, and to everybody.
    private func verdictOnUDP(_ bytes: FrameBytes, length: Int, source: UInt32, destination: UInt32) -> Verdict {
        guard length >= 28, let from = bytes.word(at: 34), let to = bytes.word(at: 36), let size = bytes.word(at: 38),
            size >= 8, Int(size) <= length - 20
        else { return .drop(.malformed) }
        guard from == 68, to == 67 else { return .drop(.service) }
        guard source == 0 || source == layout.guest.value else { return .drop(.source) }
        guard destination == 0xFFFF_FFFF || destination == layout.gateway.value else { return .drop(.destination) }
        return .pass
    }

    private func verdictOnTCP(_ bytes: FrameBytes, length: Int, source: UInt32, destination: UInt32) -> Verdict {
        guard length >= 40, let from = bytes.word(at: 34), let offset = bytes.byte(at: 46),
            let flags = bytes.byte(at: 47),
            offset >> 4 >= 5, Int(offset >> 4) * 4 <= length - 20
        else { return .drop(.malformed) }
        guard source == layout.guest.value else { return .drop(.source) }
        guard destination == layout.gateway.value else { return .drop(.destination) }
        guard ports.contains(from) else { return .drop(.service) }
        let (synchronise, acknowledge): (UInt8, UInt8) = (0x02, 0x10)
        guard flags & synchronise == 0 || flags & acknowledge != 0 else { return .drop(.connectionAttempt) }
        return .pass
    }
}

/// Reads numbers in network order out of a frame, and nothing past its end.
private struct FrameBytes {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var count: Int { bytes.count }

    func byte(at offset: Int) -> UInt8? {
        offset < bytes.count ? bytes[bytes.startIndex + offset] : nil
    }

    func word(at offset: Int) -> UInt16? {
        guard offset + 2 <= bytes.count else { return nil }
        let place = bytes.startIndex + offset
        return UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
    }

    func double(at offset: Int) -> UInt32? {
        guard let high = word(at: offset), let low = word(at: offset + 2) else { return nil }
        return UInt32(high) << 16 | UInt32(low)
    }
}
