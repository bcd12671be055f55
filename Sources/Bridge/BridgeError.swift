package import SystemPackage

/// Why the browser's door does not open.
package enum BridgeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Somebody listens there already; `owner` is the user, where the kernel says so.
    case portTaken(address: String, owner: UInt32?)
    case cannotListen(address: String, Errno)
    /// What was handed over by whoever started us is not a loopback socket that listens, with our port.
    case inheritedSocketUnusable(CInt)
    /// The kernel does not tell whose connections are: without that nobody can be let in.
    case cannotTellUsersApart(Errno)

    package var description: String {
        switch self {
        case .portTaken(let address, let owner):
            "\(address) is taken\(owner.map { " by a program of user \($0)" } ?? "")"
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .inheritedSocketUnusable(let descriptor):
            "the inherited descriptor \(descriptor) is not a listening socket of our loopback addresses"
        case .cannotTellUsersApart(let reason): "the kernel does not tell whose connections are: \(reason)"
        }
    }
}
