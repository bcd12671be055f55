/// Where an address leads: to the internet, or to one of the places that nothing we fetch may ever reach.
///
/// Whoever lets a site choose an address (a download, a guest's connection) must refuse everything but `.global`.
package enum AddressReach: String, Sendable, Hashable, CaseIterable {
    /// The internet; the ranges for documentation count too, because honest test networks use them and nothing else does.
    case global
    /// `0.0.0.0/8` and `::`, which many systems take for this computer.
    case unspecified
    case loopback
    /// RFC 1918, and the unique local addresses of IPv6.
    case privateUse = "private"
    case linkLocal = "link-local"
    /// A provider's own network behind its address translation, `100.64.0.0/10`.
    case carrier
    case multicast
    case broadcast
    /// An IPv6 address that carries an IPv4 one, which a translator on the way would turn into a place of its own choice.
    case translated
    /// Kept for protocols, benchmarks and the future: no honest server lives there.
    case reserved
}

extension IPAddress {
    package var reach: AddressReach { isVersion6 ? reach6 : Self.reach4(bytes) }

    /// The first bits in which an address is compared with a range.
    private func hasPrefix(_ prefix: [UInt8], bits: Int) -> Bool { Self.has(bytes, prefix, bits) }

    private static func has(_ bytes: [UInt8], _ prefix: [UInt8], _ bits: Int) -> Bool {
        for bit in stride(from: 0, to: bits, by: 8) {
            let mask: UInt8 = bits - bit >= 8 ? 0xFF : ~(0xFF >> UInt8(bits - bit))
            let expected = bit / 8 < prefix.count ? prefix[bit / 8] : 0
            if bytes[bit / 8] & mask != expected & mask { return false }
        }
        return true
    }

    private static let ranges4: [(prefix: [UInt8], bits: Int, reach: AddressReach)] = [
        ([0], 8, .unspecified),
        ([10], 8, .privateUse),
        ([100, 64], 10, .carrier),
        ([127], 8, .loopback),
        ([169, 254], 16, .linkLocal),
        ([172, 16], 12, .privateUse),
        ([192, 0, 0], 24, .reserved),
        ([192, 88, 99], 24, .translated),
        ([192, 168], 16, .privateUse),
        ([198, 18], 15, .reserved),
        ([224], 4, .multicast),
        ([255, 255, 255, 255], 32, .broadcast),
        ([240], 4, .reserved),
    ]

    private static func reach4(_ bytes: [UInt8]) -> AddressReach {
        ranges4.first { has(bytes, $0.prefix, $0.bits) }?.reach ?? .global
    }

    /// Ranges outside the global unicast block `2000::/3` that have a name.
    private static let ranges6: [(prefix: [UInt8], bits: Int, reach: AddressReach)] = [
        ([], 128, .unspecified),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, .loopback),
        // IPv4-compatible and IPv4-mapped, whatever they carry: sockets would use IPv4, unseen by a check of this one.
        ([], 96, .translated),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96, .translated),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96, .translated),
        // A network's translator to IPv4, as published and as chosen locally.
        ([0, 0x64, 0xFF, 0x9B], 96, .translated),
        ([0, 0x64, 0xFF, 0x9B, 0, 1], 48, .translated),
        ([0xFC], 7, .privateUse),
        ([0xFE, 0x80], 10, .linkLocal),
        // Site-local: no longer given out, still routed by some.
        ([0xFE, 0xC0], 10, .privateUse),
        ([0xFF], 8, .multicast),
    ]

    private var reach6: AddressReach {
        guard hasPrefix([0x20], bits: 3) else {
            return Self.ranges6.first { hasPrefix($0.prefix, bits: $0.bits) }?.reach ?? .reserved
        }
        // 6to4 carries the address of the router behind it.
        if hasPrefix([0x20, 0x02], bits: 16) { return Self.carried(by: [bytes[2...5]]) }
        // Teredo carries its server and, inverted, the client.
        if hasPrefix([0x20, 0x01, 0, 0], bits: 32) {
            return Self.carried(by: [bytes[4...7], ArraySlice(bytes[12...15].map { ~$0 })])
        }
        if hasPrefix([0x20, 0x01, 0], bits: 23) { return .reserved }
        return .global
    }

    private static func carried(by addresses: [ArraySlice<UInt8>]) -> AddressReach {
        addresses.allSatisfy { reach4(Array($0)) == .global } ? .global : .translated
    }
}
