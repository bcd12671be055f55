import StrictJSON

/// A session as a page sees it; every member is always there.
package struct SessionObject: Hashable, Sendable {
    package let id: WireText
    package let name: String
    package let state: State
    package let reason: Reason?
    package let accelerator: Accelerator?
    package let display: Bool
    package let ports: [UInt16]

    package init(
        id: WireText, name: String, state: State, reason: Reason?, accelerator: Accelerator?, display: Bool,
        ports: [UInt16]
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.reason = reason
        self.accelerator = accelerator
        self.display = display
        self.ports = ports
    }

    package enum State: String, Sendable, CaseIterable {
        case stopped, preparing, starting, running, paused, stopping
    }

    package enum Reason: String, Sendable, CaseIterable {
        case stoppedByPage = "stopped-by-page"
        case stoppedByOwner = "stopped-by-owner"
        case pausedByPage = "paused-by-page"
        case pausedByOwner = "paused-by-owner"
        case guestPoweredOff = "guest-powered-off"
        case machineCrashed = "machine-crashed"
        case lifetimeOver = "lifetime-over"
        case pageClosed = "page-closed"
        case startFailed = "start-failed"
        case siteRevoked = "site-revoked"
    }

    package enum Accelerator: String, Sendable, CaseIterable {
        case kvm, tcg
    }

    var json: JSONValue {
        .object([
            "id": JSONValue(id),
            "name": .string(name),
            "state": .string(state.rawValue),
            "reason": JSONValue(reason) { .string($0.rawValue) },
            "accelerator": JSONValue(accelerator) { .string($0.rawValue) },
            "display": .bool(display),
            "ports": .array(ports.map { .integer(Int64($0)) }),
        ])
    }
}
