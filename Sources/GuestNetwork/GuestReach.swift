package import Addresses

/// What of the internet a guest may reach now; never a part of this computer or its networks.
package struct GuestReach: Sendable {
    package enum Choice: Sendable, Hashable {
        case nothing
        case hosts([HostRule])
        case everything
    }

    private let choice: Choice
    private var learnt = LearntAddresses()
    /// The networks that this computer stands in; without knowing them, nothing is outside.
    package var own: [AddressRange]?

    package init(_ choice: Choice, own: [AddressRange]? = nil) {
        self.choice = choice
        self.own = own
    }

    package var isSome: Bool { choice != .nothing }
    package var isEverything: Bool { choice == .everything }

    /// Whether an address is a place on the internet, whatever name led to it.
    package func isOutside(_ address: IPAddress) -> Bool {
        guard isSome, let own else { return false }
        return address.reach == .global && !own.contains { $0.holds(address) }
    }

    /// Whether the guest may open a connection to a place that is outside.
    ///
    /// Only opening is judged: a connection that is open may outlive what is known of its name, as everywhere.
    package func allowsConnection(
        to address: IPAddress, port: UInt16, at now: ContinuousClock.Instant
    ) -> Bool {
        switch choice {
        case .nothing: false
        case .hosts: isOutside(address) && learnt.holds(address, port: port, at: now)
        case .everything: isOutside(address)
        }
    }

    /// Whether the guest may ask for a name at all.
    package func knows(_ name: String) -> Bool {
        switch choice {
        case .nothing: false
        case .hosts(let rules): rules.contains { $0.covers(name) }
        case .everything: true
        }
    }

    /// Takes over what a name was found to mean, and returns those of the addresses that are outside.
    package mutating func learn(
        _ addresses: [IPAddress], of name: String, for lifetime: Duration, at now: ContinuousClock.Instant
    ) -> [IPAddress] {
        let good = addresses.filter { isOutside($0) }
        if case .hosts(let rules) = choice {
            let ports = rules.filter { $0.covers(name) }.flatMap(\.ports)
            for address in good { learnt.add(address, ports: ports, until: now + lifetime, at: now) }
        }
        return good
    }
}

/// A network: the addresses that begin with the same bits.
package struct AddressRange: Sendable, Hashable {
    private let bytes: [UInt8]
    private let bits: Int

    /// A prefix so short that it would hold half of the internet, such as a tunnel's, means its one address only.
    package init(_ address: [UInt8], prefix: Int) {
        bytes = address
        let whole = address.count * 8
        bits = prefix * 4 >= whole && prefix <= whole ? prefix : whole
    }

    package func holds(_ address: IPAddress) -> Bool {
        guard address.bytes.count == bytes.count else { return false }
        let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
        guard address.bytes.prefix(whole) == bytes.prefix(whole) else { return false }
        return rest == 0 || (address.bytes[whole] ^ bytes[whole]) >> (8 - rest) == 0
    }
}
