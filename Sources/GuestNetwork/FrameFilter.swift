import Addresses
package import Slirp

/// Decides which of the guest's frames reach the network stack.
///
/// The stack's own protection covers less than its name says: a frame that is addressed to 127.0.0.1 has reached the services
/// of this computer. So only these pass: ARP, the question for an address, what a forwarded port answers, and what `reach`
/// lets out. Everything that has no use here is dropped before any other code reads it.
package struct FrameFilter: Sendable {
    package var reach: GuestReach
    let layout: NetworkLayout
    private let ports: Set<UInt16>
    // Made once: every frame is compared with them.
    private let gateway: IPAddress
    private let guest: IPAddress

    /// `ports` are the guest's forwarded TCP ports.
    package init(_ layout: NetworkLayout, ports: Set<UInt16>, reach: GuestReach = GuestReach(.nothing)) {
        self.layout = layout
        self.ports = ports
        gateway = layout.gatewayAddress
        guest = layout.guestAddress
        self.reach = reach
    }

    package enum Verdict: Hashable, Sendable {
        /// It stays within the guest's own small network.
        case pass
        /// It leaves for the internet.
        case leave
        /// It asks for a name, which is answered without the stack.
        case question(Datagram)
        case drop(Reason)
    }

    package enum Reason: Error, Hashable, Sendable {
        /// Shorter than its own headers say, or with a header that is not one.
        case malformed
        /// Neither ARP nor IP, or IPv6 where there is none.
        case otherProtocol
        /// Options of IPv4, headers of extension of IPv6.
        case options
        case fragment
        /// From an address that is not the guest's.
        case source
        /// To an address that the guest may not reach, or not on that port.
        case destination
        /// A service that the guest does not have: ICMP, UDP that is none of ours, TCP from a port that is not forwarded.
        case service
        /// A connection that the guest wants to open from a forwarded port to the gateway.
        case connectionAttempt
    }

    package func verdict(on frame: ArraySlice<UInt8>, at now: ContinuousClock.Instant = .now) -> Verdict {
        let bytes = FrameBytes(frame)
        guard let kind = bytes.word(at: 12) else { return .drop(.malformed) }
        do throws(Reason) {
            switch kind {
            case 0x0806:
                try judgeARP(bytes)
                return .pass
            case 0x0800:
                return try verdict(on: try IPPacket(version4: bytes), of: bytes, at: now)
            case 0x86DD where reach.isSome:
                return try verdict(on: try IPPacket(version6: bytes), of: bytes, at: now)
            default:
                return .drop(.otherProtocol)
            }
        } catch {
            return .drop(error)
        }
    }

    /// A question or an answer about IPv4 addresses on Ethernet, and nothing else.
    private func judgeARP(_ bytes: FrameBytes) throws(Reason) {
        guard bytes.count >= 14 + 28, bytes.word(at: 14) == 1, bytes.word(at: 16) == 0x0800,
            bytes.word(at: 18) == 0x0604,
            let operation = bytes.word(at: 20), let sender = bytes.double(at: 28)
        else { throw .malformed }
        guard operation == 1 || operation == 2 else { throw .service }
        guard sender == layout.guest.value || sender == 0 else { throw .source }
    }

    private func verdict(
        on packet: IPPacket, of frame: FrameBytes, at now: ContinuousClock.Instant
    ) throws(Reason) -> Verdict {
        switch packet.service {
        case IPPacket.udp: return try verdictOnUDP(packet, of: frame)
        case IPPacket.tcp: return try verdictOnTCP(packet, at: now)
        case IPPacket.icmp6 where packet.source.isVersion6:
            try judgeNeighbourDiscovery(packet)
            return .pass
        default: throw .service
        }
    }

    /// What IPv6 has in place of ARP: the guest looks for its router and says where it is.
    private func judgeNeighbourDiscovery(_ packet: IPPacket) throws(Reason) {
        let bytes = FrameBytes(packet.content)
        guard let kind = bytes.byte(at: 0), let code = bytes.byte(at: 1) else { throw .malformed }
        let shortest: [UInt8: Int] = [133: 8, 135: 24, 136: 24]
        guard let size = shortest[kind] else { throw .service }
        guard code == 0, packet.hopLimit == 255, bytes.count >= size else { throw .malformed }
        guard isGuest(packet.source) || packet.source.reach == .unspecified else { throw .source }
        let isNear = [.linkLocal, .multicast].contains(packet.destination.reach)
        guard isNear || layout.holds(packet.destination) else { throw .destination }
    }
}

extension FrameFilter {
    private func verdictOnUDP(_ packet: IPPacket, of frame: FrameBytes) throws(Reason) -> Verdict {
        let bytes = FrameBytes(packet.content)
        guard let from = bytes.word(at: 0), let to = bytes.word(at: 2), let size = bytes.word(at: 4), size >= 8,
            let content = bytes.slice(8..<Int(size))
        else { throw .malformed }
        if from == 68, to == 67, !packet.source.isVersion6 {
            try judgeDHCP(packet)
            return .pass
        }
        guard reach.isSome else { throw .service }
        guard isGuest(packet.source), packet.source.reach != .linkLocal else { throw .source }
        if packet.destination == layout.nameServer(for: packet.source) {
            guard to == 53, let sender = frame.slice(6..<12) else { throw .service }
            return .question(
                Datagram(
                    hardware: Array(sender), source: packet.source, sourcePort: from,
                    destination: packet.destination, destinationPort: to, content: Array(content)))
        }
        guard reach.isEverything, from != 0, to != 0 else { throw .service }
        guard reach.isOutside(packet.destination) else { throw .destination }
        return .leave
    }

    /// The one thing that the guest may say before it has an address, and to everybody.
    private func judgeDHCP(_ packet: IPPacket) throws(Reason) {
        guard isGuest(packet.source) || packet.source == Self.nobody else { throw .source }
        guard packet.destination == Self.everybody || packet.destination == gateway else {
            throw .destination
        }
    }

    private static let nobody = IPAddress([0, 0, 0, 0])
    private static let everybody = IPAddress([255, 255, 255, 255])

    private func verdictOnTCP(_ packet: IPPacket, at now: ContinuousClock.Instant) throws(Reason) -> Verdict {
        let bytes = FrameBytes(packet.content)
        guard let from = bytes.word(at: 0), let to = bytes.word(at: 2), let offset = bytes.byte(at: 12),
            let flags = bytes.byte(at: 13), bytes.count >= 20, offset >> 4 >= 5, Int(offset >> 4) * 4 <= bytes.count
        else { throw .malformed }
        guard isGuest(packet.source), packet.source.reach != .linkLocal else { throw .source }
        let (finish, synchronise, reset, acknowledge): (UInt8, UInt8, UInt8, UInt8) = (0x01, 0x02, 0x04, 0x10)
        let isAttempt = flags & synchronise != 0 && flags & acknowledge == 0
        if packet.destination == gateway {
            guard ports.contains(from) else { throw .service }
            guard !isAttempt else { throw .connectionAttempt }
            return .pass
        }
        guard reach.isOutside(packet.destination) else { throw .destination }
        // What is no attempt belongs to a connection that was let out when it was one, or meets nothing in the stack.
        guard flags & synchronise != 0 else { return .leave }
        guard isAttempt, flags & (finish | reset) == 0 else { throw .malformed }
        guard reach.allowsConnection(to: packet.destination, port: to, at: now) else { throw .destination }
        return .leave
    }

    private func isGuest(_ address: IPAddress) -> Bool {
        address.isVersion6 ? address.reach == .linkLocal || layout.holds(address) : address == guest
    }
}
