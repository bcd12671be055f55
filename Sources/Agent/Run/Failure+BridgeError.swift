import Bridge
import Linux

extension Failure {
    /// Why the browser's door does not open, with whom to ask where somebody else has its port.
    init(_ error: BridgeError, port: UInt16) {
        guard case .portTaken(let address, let owner) = error else {
            self.init(error.description)
            return
        }
        let holder = PortHolder(port: port)
        let who: String
        if let process = holder?.process {
            who = "by \(process.command), process \(process.identifier): end it"
        } else if let user = holder?.user ?? owner, user != ThisProcess.user {
            who = "by a program of user \(UserName.of(user)): ask them to end it"
        } else {
            who = "by another program: end it"
        }
        self.init(
            .portTaken, "\(address) is taken \(who), or choose another port for yourself: lodger run --port PORT")
    }
}
