import Addresses

/// An IP packet that is whole, in one piece and without options: the only kind that is looked into.
struct IPPacket {
    let source: IPAddress
    let destination: IPAddress
    /// The number of the protocol inside.
    let service: UInt8
    /// How many routers it may still pass.
    let hopLimit: UInt8
    /// What it carries, without the padding of a short frame.
    let content: ArraySlice<UInt8>

    static let (tcp, udp, icmp6): (UInt8, UInt8, UInt8) = (6, 17, 58)

    /// Reads what comes behind an Ethernet header that says IPv4.
    init(version4 bytes: FrameBytes) throws(FrameFilter.Reason) {
        guard let first = bytes.byte(at: 14), let length = bytes.word(at: 16), let fragment = bytes.word(at: 20),
            let hopLimit = bytes.byte(at: 22), let service = bytes.byte(at: 23),
            let source = bytes.slice(26..<30).flatMap({ IPAddress(bytes: Array($0)) }),
            let destination = bytes.slice(30..<34).flatMap({ IPAddress(bytes: Array($0)) }),
            first >> 4 == 4, first & 0xF >= 5, Int(length) >= Int(first & 0xF) * 4, 14 + Int(length) <= bytes.count
        else { throw .malformed }
        guard first & 0xF == 5 else { throw .options }
        // The bit beside "more fragments" is "do not fragment"; the highest is reserved.
        guard fragment & 0xBFFF == 0 else { throw .fragment }
        guard let content = bytes.slice(34..<(14 + Int(length))) else { throw .malformed }
        self.source = source
        self.destination = destination
        self.service = service
        self.hopLimit = hopLimit
        self.content = content
    }

    /// Reads what comes behind an Ethernet header that says IPv6; headers of extension are options by another name.
    init(version6 bytes: FrameBytes) throws(FrameFilter.Reason) {
        guard let first = bytes.byte(at: 14), let length = bytes.word(at: 18), let service = bytes.byte(at: 20),
            let hopLimit = bytes.byte(at: 21),
            let source = bytes.slice(22..<38).flatMap({ IPAddress(bytes: Array($0)) }),
            let destination = bytes.slice(38..<54).flatMap({ IPAddress(bytes: Array($0)) }), first >> 4 == 6,
            let content = bytes.slice(54..<(54 + Int(length)))
        else { throw .malformed }
        switch service {
        case Self.tcp, Self.udp, Self.icmp6: break
        case 44: throw .fragment
        case 0, 43, 60, 135, 139, 140: throw .options
        default: throw .service
        }
        self.source = source
        self.destination = destination
        self.service = service
        self.hopLimit = hopLimit
        self.content = content
    }
}

extension IPAddress {
    /// An address of the guest's own small network.
    init(_ bytes: [UInt8]) {
        guard let address = IPAddress(bytes: bytes) else { preconditionFailure("an address has 4 or 16 bytes") }
        self = address
    }
}
