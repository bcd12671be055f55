import Glibc

/// A few threads for calls that block, which must never hold up the threads that all tasks share.
///
/// Threads are made when needed, up to the limit, and end with this object. Work that finds all of them busy waits in
/// order; with a limit of one, work is done one after the other.
package final class BlockingThreads: Sendable {
    private let queue: WorkQueue

    package init(limit: Int) { queue = WorkQueue(limit: limit) }

    deinit { queue.close() }

    /// Runs the work on one of the threads and returns its result.
    ///
    /// Cancelling the caller does not interrupt it.
    package func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, Failure>, Never>) in
            submit {
                do throws(Failure) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Holds up the thread that calls it, which must be one of these.
    package static func pause(milliseconds: Int) {
        if milliseconds > 0 { usleep(UInt32(milliseconds) * 1000) }
    }

    /// Runs the work on one of the threads, for nobody who waits.
    package func submit(_ work: @escaping @Sendable () -> Void) { queue.add(work) }
}

/// What the threads share: guarded by its mutex.
private final class WorkQueue: @unchecked Sendable {
    private let limit: Int
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var work: [@Sendable () -> Void] = []
    private var threads = 0
    private var idle = 0
    private var closed = false

    init(limit: Int) {
        self.limit = limit
        mutex.initialize(to: pthread_mutex_t())
        wake.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
    }

    deinit {
        pthread_cond_destroy(wake)
        pthread_mutex_destroy(mutex)
        wake.deallocate()
        mutex.deallocate()
    }

    func add(_ item: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        work.append(item)
        if idle >= work.count {
            pthread_cond_signal(wake)
        } else if threads < limit {
            start()
        }
    }

    /// What waits is still done; then the threads end.
    func close() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        closed = true
        pthread_cond_broadcast(wake)
    }

    private func start() {
        var thread = pthread_t()
        let queue = Unmanaged.passRetained(self)
        guard pthread_create(&thread, nil, serveQueue, queue.toOpaque()) == 0 else {
            queue.release()
            // Others will take the work; with none at all the process is out of threads and cannot go on.
            precondition(threads > 0, "no thread can be made")
            return
        }
        pthread_detach(thread)
        threads += 1
    }

    func serve() {
        pthread_mutex_lock(mutex)
        while true {
            if !work.isEmpty {
                let item = work.removeFirst()
                pthread_mutex_unlock(mutex)
                item()
                pthread_mutex_lock(mutex)
            } else if closed {
                break
            } else {
                idle += 1
                pthread_cond_wait(wake, mutex)
                idle -= 1
            }
        }
        threads -= 1
        pthread_mutex_unlock(mutex)
    }
}

/// A global function, because a closure would belong to whatever encloses it.
private func serveQueue(_ opaque: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let opaque { Unmanaged<WorkQueue>.fromOpaque(opaque).takeRetainedValue().serve() }
    return nil
}
