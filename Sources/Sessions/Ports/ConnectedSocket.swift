import Glibc

/// A connected, non-blocking stream that its holder owns.
///
/// Closed when it goes away, unless it was taken.
package struct ConnectedSocket: ~Copyable, Sendable {
    private var descriptor: CInt
    /// Who counts what goes through it.
    package let watch: StreamWatch?

    /// Takes over the descriptor.
    package init(owning descriptor: CInt, watchedBy watch: StreamWatch? = nil) {
        self.descriptor = descriptor
        self.watch = watch
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// The descriptor, which the caller must now close.
    package consuming func take() -> CInt {
        let taken = descriptor
        descriptor = -1
        return taken
    }
}
