import Libvirt
import Linux
import Logging
import Sessions
import Synchronization

/// A connection to libvirt that is opened when first needed, and again when it is lost.
///
/// The daemon at the other end is the user's own: it is started by connecting, and may go away. Machines do not go with it.
final class LibvirtSession: Sendable {
    private struct State {
        var connection: Connection?
        var wasOpen = false
    }

    private let address: String
    private let logger: Logger
    private let state = Mutex(State())
    /// One thread, so that events stay in order and those of an old connection come before the new one's.
    private let reports = BlockingThreads(limit: 1)
    private let onEvent: @Sendable (DomainIdentity, LifecycleEvent) -> Void
    private let onReconnection: @Sendable (Connection) -> @Sendable () -> Void
    /// What happened before an answer of libvirt's is told at the most so much after it, in milliseconds.
    private static let eventDelay = 300

    /// All closures are called on one thread of this object, which they may block.
    ///
    /// `onReconnection` comes when a connection follows one that was lost: events may be missing between the two. What it
    /// returns is called when the events that were on their way have been told.
    init(
        _ address: String, logger: Logger, onEvent: @escaping @Sendable (DomainIdentity, LifecycleEvent) -> Void,
        onReconnection: @escaping @Sendable (Connection) -> @Sendable () -> Void
    ) {
        self.address = address
        self.logger = logger
        self.onEvent = onEvent
        self.onReconnection = onReconnection
    }

    /// The connection; blocks while it is being opened.
    func connection() throws(LibvirtError) -> Connection {
        try state.withLock { state throws(LibvirtError) in
            if let connection = state.connection, connection.isAlive { return connection }
            state.connection = nil
            let connection = try open()
            state.connection = connection
            if state.wasOpen { reconcile(over: connection) }
            state.wasOpen = true
            return connection
        }
    }

    private func reconcile(over connection: Connection) {
        reports.submit { [reports, onReconnection] in
            let rest = onReconnection(connection)
            BlockingThreads.pause(milliseconds: Self.eventDelay)
            reports.submit(rest)
        }
    }

    private func open() throws(LibvirtError) -> Connection {
        let connection = try Connection(
            to: address,
            onLifecycle: { [reports, onEvent] identity, event in reports.submit { onEvent(identity, event) } },
            onClose: { [weak self, reports] in reports.submit { [weak self] in self?.reconnect() } })
        do throws(LibvirtError) {
            try connection.keepAlive(interval: 5, count: 3)
        } catch {
            // A driver inside this process: there is no peer that could fall silent.
            logger.debug("no keep-alive", metadata: ["reason": "\(error)"])
        }
        return connection
    }

    /// Without a connection nobody would tell of what happens to machines, so a lost one is opened again at once.
    private func reconnect() {
        for pause in [0, 200, 500, 1000, 2000, 4000] {
            BlockingThreads.pause(milliseconds: pause)
            do throws(LibvirtError) {
                _ = try connection()
                logger.notice("libvirt is back")
                return
            } catch {
                logger.warning("libvirt is away", metadata: ["reason": "\(error)"])
            }
        }
    }
}
