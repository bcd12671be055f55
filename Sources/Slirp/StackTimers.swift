import CSlirp
import Glibc

/// The stack's timers, of which there is one: when to tell the guest of IPv6 that its router is still there.
final class StackTimers {
    private struct Entry {
        let action: SlirpTimerCb
        let argument: UnsafeMutableRawPointer?
        /// In milliseconds of the stack's clock.
        var due: Int64?
    }

    private var entries: [UnsafeMutableRawPointer: Entry] = [:]

    /// The stack's clock.
    static var nanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static var milliseconds: Int64 { nanoseconds / 1_000_000 }

    /// Returns a handle that `remove` frees.
    func add(_ action: SlirpTimerCb?, _ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let action, let handle = malloc(1) else { return nil }
        entries[handle] = Entry(action: action, argument: argument)
        return handle
    }

    func remove(_ handle: UnsafeMutableRawPointer?) {
        guard let handle, entries.removeValue(forKey: handle) != nil else { return }
        free(handle)
    }

    func set(_ handle: UnsafeMutableRawPointer?, to time: Int64) {
        if let handle { entries[handle]?.due = time }
    }

    /// How long nothing is due, in milliseconds.
    var wait: UInt32 {
        guard let first = entries.values.compactMap(\.due).min() else { return .max }
        return UInt32(clamping: first - Self.milliseconds)
    }

    /// Does what is due; each sets its own next time.
    func fire() {
        let now = Self.milliseconds
        for (handle, entry) in entries where entry.due.map({ $0 <= now }) == true {
            entries[handle]?.due = nil
            entry.action(entry.argument)
        }
    }
}
