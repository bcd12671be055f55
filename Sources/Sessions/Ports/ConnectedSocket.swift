import Glibc

/// A connected, non-blocking stream that its holder owns.
///
/// Closed when it goes away, unless it was taken.
package struct ConnectedSocket: ~Copyable, Sendable {
    private let descriptor: CInt

    /// Takes over the descriptor.
    package init(owning descriptor: CInt) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// The descriptor, which the caller must now close.
    package consuming func take() -> CInt {
        let taken = descriptor
        discard self
        return taken
    }
}
