import Addresses
import Slirp

extension NetworkLayout {
    var gatewayAddress: IPAddress { IPAddress(gateway) }
    var guestAddress: IPAddress { IPAddress(guest) }

    /// The name server of the same version of IP as an address.
    func nameServer(for address: IPAddress) -> IPAddress {
        address.isVersion6 ? IPAddress(nameServer6) : IPAddress(nameServer)
    }

    /// Whether an address belongs to the guest's own small network.
    func holds(_ address: IPAddress) -> Bool {
        address.isVersion6
            ? address.bytes.starts(with: prefix6) : address.bytes.starts(with: IPAddress(network).bytes.prefix(3))
    }
}

extension IPAddress {
    init(_ address: IPv4Address) {
        self.init([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: address.value >> $0) })
    }
}
