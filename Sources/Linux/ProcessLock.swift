import CLinux
import Glibc
package import SystemPackage

/// A file that one process holds for as long as it lives; others can ask the kernel which one that is.
package enum ProcessLock {
    /// Takes the lock for the rest of this process's life; false where another process holds it.
    ///
    /// The process must not open the file again: closing any descriptor of it would give the lock up.
    package static func take(_ path: FilePath) throws(Errno) -> Bool {
        let descriptor = open(path.string, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        var lock = wholeFile
        if lodger_set_lock(descriptor, &lock) == 0 { return true }
        let reason = Errno(rawValue: errno)
        close(descriptor)
        guard reason == .resourceTemporarilyUnavailable || reason == .permissionDenied else { throw reason }
        return false
    }

    /// The process that holds the lock, if one does.
    package static func holder(of path: FilePath) throws(Errno) -> CInt? {
        let descriptor = open(path.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Errno(rawValue: errno)
        }
        defer { close(descriptor) }
        var lock = wholeFile
        guard lodger_get_lock(descriptor, &lock) == 0 else { throw Errno(rawValue: errno) }
        return lock.l_type == Int16(F_UNLCK) ? nil : lock.l_pid
    }

    /// Ends the process that holds the lock and returns when it is gone; no holder is no error.
    ///
    /// It is asked first, and killed where it has not obeyed within a second.
    package static func endHolder(of path: FilePath) throws(Errno) {
        for signal in [SIGTERM, SIGKILL] {
            guard let process = try holder(of: path) else { return }
            let handle = lodger_pidfd_open(process)
            guard handle >= 0 else { continue }
            defer { close(handle) }
            // Now that the handle keeps the number from meaning another process: is it still the holder?
            guard try holder(of: path) == process else { return }
            lodger_pidfd_signal(handle, signal)
            var ended = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            if poll(&ended, 1, 1000) > 0 { return }
        }
    }

    private static var wholeFile: flock {
        flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
    }
}
