import Linux
import SystemPackage

/// The two listening sockets of one port: both, so that nobody else can stand behind the other address.
struct LoopbackPair: ~Copyable, Sendable {
    let version4: LoopbackListener
    /// `nil` where this computer has no IPv6 loopback address.
    let version6: LoopbackListener?

    var port: UInt16 { version4.port }

    /// The descriptors, which the caller must now close.
    consuming func take() -> (version4: CInt, version6: CInt?) {
        let second: CInt? = if let version6 { version6.take() } else { nil }
        return (version4.take(), second)
    }

    /// Takes what was inherited and binds what is missing; port 0 takes any that is free at both addresses.
    static func open(
        port: UInt16, inherited: [CInt], owners: borrowing SocketOwners
    ) throws(BridgeError) -> LoopbackPair {
        var four: LoopbackListener?
        var six: LoopbackListener?
        var port = port
        for descriptor in inherited {
            guard let listener = LoopbackListener(adopting: descriptor) else {
                throw .inheritedSocketUnusable(descriptor)
            }
            guard port == 0 || listener.port == port else { throw .inheritedSocketUnusable(descriptor) }
            port = listener.port
            switch listener.address {
            case .version4: four = consume listener
            case .version6: six = consume listener
            }
        }
        if port == 0 { return try openAny(owners) }
        let version4 = if let four = four.take() { four } else { try bind(.version4, port, owners) }
        if let six = six.take() { return LoopbackPair(version4: version4, version6: six) }
        return LoopbackPair(version4: version4, version6: try bindVersion6(port, owners))
    }

    /// A port that is free at one address may be taken at the other: a few tries.
    private static func openAny(_ owners: borrowing SocketOwners) throws(BridgeError) -> LoopbackPair {
        var lastError = BridgeError.cannotListen(address: "any port", .addressInUse)
        for _ in 0..<20 {
            let version4 = try bind(.version4, 0, owners)
            do {
                let version6 = try bindVersion6(version4.port, owners)
                return LoopbackPair(version4: version4, version6: version6)
            } catch {
                lastError = error
            }
        }
        throw lastError
    }

    private static func bindVersion6(
        _ port: UInt16, _ owners: borrowing SocketOwners
    ) throws(BridgeError) -> LoopbackListener? {
        do {
            return try bind(.version6, port, owners)
        } catch .cannotListen(_, .addressNotAvailable), .cannotListen(_, .addressFamilyNotSupported) {
            return nil
        }
    }

    private static func bind(
        _ address: LoopbackAddress, _ port: UInt16, _ owners: borrowing SocketOwners
    ) throws(BridgeError) -> LoopbackListener {
        do {
            return try LoopbackListener(binding: address, port: port)
        } catch {
            let name = "\(address.urlHost):\(port)"
            guard error == .addressInUse else { throw .cannotListen(address: name, error) }
            // Who it is only helps the message.
            let owner = try? owners.ownerOfListener(at: address, port: port)
            throw .portTaken(address: name, owner: owner)
        }
    }
}
