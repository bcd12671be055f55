import Glibc

/// Where a command prints.
package enum StandardOutput {
    /// Whether a person reads it as it comes.
    package static var isTerminal: Bool { isatty(1) == 1 }
}
