/// Why a command ends without having done its work.
package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    package let status: ExitStatus
    /// A sentence for the owner, without a full stop.
    package let description: String

    package init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }

    package init(_ description: String) { self.init(.failure, description) }
}

/// What a command tells by the way it ends; scripts rely on the numbers.
package enum ExitStatus: Int32, Sendable {
    case failure = 1
    case noDaemon = 2
    case portTaken = 3
    case alreadyRunning = 4
    case usage = 64
    /// The superuser is refused.
    case refused = 77
    case settings = 78
}
