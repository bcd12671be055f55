/// The addresses of a guest's network; the same for every machine, since no two networks meet.
package struct NetworkLayout: Sendable {
    package let network = IPv4Address(10, 0, 2, 0)
    package let mask = IPv4Address(255, 255, 255, 0)
    /// Where connections to the guest seem to come from, and where it asks for its address.
    package let gateway = IPv4Address(10, 0, 2, 2)
    package let nameServer = IPv4Address(10, 0, 2, 3)
    package let guest = IPv4Address(10, 0, 2, 15)
    /// Where a network of IPv6 begins; the guest makes up the rest of its address.
    package let prefix6: [UInt8] = [0xFE, 0xC0, 0, 0, 0, 0, 0, 0]
    package var gateway6: [UInt8] { prefix6 + [0, 0, 0, 0, 0, 0, 0, 2] }
    package var nameServer6: [UInt8] { prefix6 + [0, 0, 0, 0, 0, 0, 0, 3] }

    package init() {}
}
