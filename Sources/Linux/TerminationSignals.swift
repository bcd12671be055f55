import Glibc
package import SystemPackage

/// The wish that this process ends: SIGTERM, SIGINT or SIGHUP, received as a value.
///
/// They are handled, not ignored or blocked, because both of these would be inherited by the programs we start.
package enum TerminationSignals {
    /// Handles the signals from now on; call it once, before the process has other threads that matter.
    package static func watch() throws(Errno) {
        var ends: (CInt, CInt) = (-1, -1)
        let made = withUnsafeMutableBytes(of: &ends) {
            pipe($0.baseAddress?.assumingMemoryBound(to: CInt.self))
        }
        guard made == 0 else { throw Errno(rawValue: errno) }
        for end in [ends.0, ends.1] {
            try Descriptor.setCloseOnExec(end)
            try Descriptor.setNonBlocking(end)
        }
        signalPipe = ends.1
        watchedPipe = ends.0
        for number in numbers { signal(number, noteSignal) }
    }

    /// Waits for the first; `nil` when cancelled.
    ///
    /// From then on the next one ends the process at once.
    package static func first() async -> CInt? {
        guard await Readiness.wait(for: watchedPipe, .reading) == .ready else { return nil }
        for number in numbers { signal(number, SIG_DFL) }
        var number: UInt8 = 0
        return read(watchedPipe, &number, 1) == 1 ? CInt(number) : nil
    }

    /// Can be read once a signal has come, for loops of their own.
    package static var descriptor: FileDescriptor { FileDescriptor(rawValue: watchedPipe) }

    private static let numbers = [SIGTERM, SIGINT, SIGHUP]
}

/// Written once before any handler can run; a global of the file, because a handler knows nothing else.
private nonisolated(unsafe) var signalPipe: CInt = -1
private nonisolated(unsafe) var watchedPipe: CInt = -1

/// Does only what a signal handler may.
private func noteSignal(_ number: CInt) {
    let reason = errno
    var byte = UInt8(truncatingIfNeeded: number)
    // A full pipe already holds a signal, and one is enough.
    _ = write(signalPipe, &byte, 1)
    errno = reason
}
