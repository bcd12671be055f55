import CLibwebsockets
import Glibc
import Synchronization

/// Runs the jobs of an actor on the thread that serves the sockets.
///
/// Jobs run between two rounds of `lws_service`, never inside a callback, so that a job may close any channel.
final class LoopExecutor: SerialExecutor, @unchecked Sendable {
    private struct Inbox {
        var jobs: [UnownedJob] = []
        /// `nil` until the thread has made it.
        var context: OpaquePointer?
    }

    private let inbox = Mutex(Inbox())
    /// Written by the loop's thread before it runs any job, read by that thread only.
    private(set) var virtualHost: OpaquePointer?
    /// Written by `init`, before any job can exist.
    private var thread = pthread_t()

    init() {
        let argument = Unmanaged.passRetained(self).toOpaque()
        let failure = pthread_create(&thread, nil, serviceLoopMain, argument)
        precondition(failure == 0, "no thread for the service loop: error \(failure)")
        pthread_detach(thread)
    }

    var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let sleeping = inbox.withLock { inbox -> OpaquePointer? in
            inbox.jobs.append(job)
            return inbox.jobs.count == 1 ? inbox.context : nil
        }
        // On the loop's own thread the jobs are looked at anyway, once the callback returns.
        if let sleeping, !isCurrent { lws_cancel_service(sleeping) }
    }

    func checkIsolated() { precondition(isCurrent, "not on the service loop's thread") }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// The body of the thread.
    fileprivate func serve() -> Never {
        lodger_name_thread("lodger-loop")
        lws_set_log_level(0, nil)
        let context = makeContext()
        // A pointer may not cross into the lock, its bits may.
        let bits = UInt(bitPattern: context)
        inbox.withLock { $0.context = OpaquePointer(bitPattern: bits) }
        while true {
            // A job that is queued here came after the last round or was made by one of it: look at the sockets without
            // sleeping, so that neither starves the other.
            let waits = inbox.withLock { $0.jobs.isEmpty }
            lws_service(context, waits ? 0 : -1)
            runJobs()
        }
    }

    private func runJobs() {
        let jobs = inbox.withLock { inbox in
            defer { inbox.jobs = [] }
            return inbox.jobs
        }
        for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    /// A context with one virtual host that listens nowhere: connections are accepted by `Listener` and adopted.
    private func makeContext() -> OpaquePointer {
        var info = lws_context_creation_info()
        info.port = CONTEXT_PORT_NO_LISTEN_SERVER
        info.options = UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
        info.pt_serv_buf_size = UInt32(Channel.bufferSize)
        info.protocols = UnsafePointer(Self.protocols)
        guard let context = lws_create_context(&info) else { fatalError("libwebsockets did not start") }
        guard let virtualHost = lws_create_vhost(context, &info) else { fatalError("libwebsockets made no host") }
        self.virtualHost = virtualHost
        return context
    }

    /// Outlives the context, which keeps the pointers.
    private nonisolated(unsafe) static let protocols: UnsafeMutablePointer<lws_protocols> = {
        let list = UnsafeMutablePointer<lws_protocols>.allocate(capacity: 2)
        list.initialize(repeating: lws_protocols(), count: 2)
        list[0].name = UnsafePointer(Channel.protocolName)
        list[0].callback = serviceLoopCallback
        list[0].rx_buffer_size = Channel.bufferSize
        // Otherwise one send() is cut to the size of the receive buffer, which a frame with its header exceeds.
        list[0].tx_packet_size = 2 * Channel.bufferSize
        return list
    }()
}

/// Not a closure: in an isolated place a closure would inherit the isolation and trap on this thread.
private func serviceLoopMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<LoopExecutor>.fromOpaque(argument).takeRetainedValue().serve()
}
