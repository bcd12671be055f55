import CLibvirt

/// What libvirt tells of a domain's life.
package enum LifecycleEvent: Hashable, Sendable {
    case started
    case suspended
    case resumed
    /// It is about to stop, and who wanted it; `stopped` follows.
    case shuttingDown(ShutdownCause)
    case stopped(StopCause)
    /// The guest's kernel said that it panicked.
    case panicked
    /// A change of definition, or one that this version does not know.
    case other

    package enum ShutdownCause: Hashable, Sendable {
        case guest
        /// A signal or a monitor command on this computer.
        case host
        case unknown
    }

    package enum StopCause: Hashable, Sendable {
        case shutDown
        /// By a call of libvirt.
        case destroyed
        case crashed
        /// Its process went away.
        case failed
        case other
    }

    init(event: Int32, detail: Int32) {
        self =
            switch virDomainEventType(UInt32(event)) {
            case VIR_DOMAIN_EVENT_STARTED: .started
            case VIR_DOMAIN_EVENT_SUSPENDED: .suspended
            case VIR_DOMAIN_EVENT_RESUMED: .resumed
            case VIR_DOMAIN_EVENT_SHUTDOWN: .shuttingDown(ShutdownCause(detail))
            case VIR_DOMAIN_EVENT_STOPPED: .stopped(StopCause(detail))
            case VIR_DOMAIN_EVENT_CRASHED: .panicked
            default: .other
            }
    }
}

extension LifecycleEvent.ShutdownCause {
    fileprivate init(_ detail: Int32) {
        self =
            switch virDomainEventShutdownDetailType(UInt32(detail)) {
            case VIR_DOMAIN_EVENT_SHUTDOWN_GUEST: .guest
            case VIR_DOMAIN_EVENT_SHUTDOWN_HOST: .host
            default: .unknown
            }
    }
}

extension LifecycleEvent.StopCause {
    fileprivate init(_ detail: Int32) {
        self =
            switch virDomainEventStoppedDetailType(UInt32(detail)) {
            case VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN: .shutDown
            case VIR_DOMAIN_EVENT_STOPPED_DESTROYED: .destroyed
            case VIR_DOMAIN_EVENT_STOPPED_CRASHED: .crashed
            case VIR_DOMAIN_EVENT_STOPPED_FAILED: .failed
            default: .other
            }
    }
}
