import Glibc

/// Where a command prints.
package enum StandardOutput {
    /// Whether a person reads it as it comes.
    package static var isTerminal: Bool { isatty(1) == 1 }

    /// Writes out what was printed so far, so that it comes before what another process prints.
    package static func flush() { fflush(nil) }
}

/// Where a command is typed to.
package enum StandardInput {
    /// Whether a person can type there.
    package static var isTerminal: Bool { isatty(0) == 1 }
}
