import Addresses

extension FrameFilter {
    /// What a frame on its way to the guest is.
    package enum Arrival: Hashable, Sendable {
        /// From the guest's own small network: its gateway, a forwarded port.
        case near
        case fromOutside
        /// From where the guest may not reach: whoever knows the port of a UDP socket of the stack can send to it.
        case refused
    }

    /// Frames are the stack's own work, so a strange one is none of the internet's.
    package func arrival(of frame: ArraySlice<UInt8>) -> Arrival {
        let bytes = FrameBytes(frame)
        let source: ArraySlice<UInt8>?
        let service: UInt8?
        switch bytes.word(at: 12) {
        case 0x0800: (source, service) = (bytes.slice(26..<30), bytes.byte(at: 23))
        case 0x86DD: (source, service) = (bytes.slice(22..<38), bytes.byte(at: 20))
        default: return .near
        }
        guard let service, let address = source.flatMap({ IPAddress(bytes: Array($0)) }) else { return .refused }
        if layout.holds(address) || address.reach == .linkLocal && address.isVersion6 { return .near }
        switch service {
        case IPPacket.tcp: return .fromOutside
        case IPPacket.udp: return reach.isEverything && reach.isOutside(address) ? .fromOutside : .refused
        default: return .near
        }
    }
}
