import SystemPackage

/// Lines to standard error, which is a file beside the machine's sockets.
///
/// After a number of lines it falls silent, so that a machine that misbehaves fills no disk.
final class Log {
    private var left = 200

    func write(_ line: String) {
        guard left > 0 else { return }
        left -= 1
        let text = "lodger-net: \(line)\n"
        // Where even the log cannot be written there is nobody to tell.
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
