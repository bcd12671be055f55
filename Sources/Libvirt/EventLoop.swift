import CLibvirt
import Glibc

/// libvirt's event loop, on a thread of its own for as long as the process lives.
///
/// It must exist before the first connection is opened: only then do events and the loss of a connection arrive.
enum EventLoop {
    /// Starts the loop at the first call; later calls do nothing.
    static func start() throws(LibvirtError) {
        if let error = outcome { throw error }
    }

    private static let outcome: LibvirtError? = {
        if virInitialize() < 0 { return LibvirtError(afterFailureOf: "virInitialize") }
        // Every failure is an error value here; without this libvirt also prints it.
        virSetErrorFunc(nil) { _, _ in }
        if virEventRegisterDefaultImpl() < 0 { return LibvirtError(afterFailureOf: "virEventRegisterDefaultImpl") }
        // The loop sleeps until something happens; without a timer it would not wake for a new registration.
        if virEventAddTimeout(-1, { _, _ in }, nil, nil) < 0 {
            return LibvirtError(afterFailureOf: "virEventAddTimeout")
        }
        var thread = pthread_t()
        pthread_create(&thread, nil, runEventLoop, nil)
        pthread_detach(thread)
        return nil
    }()
}

/// A global function, because a closure would belong to whatever encloses it.
private func runEventLoop(_: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    while true {
        // A failure here leaves nothing to do but to go on: the next turn meets the same descriptors again.
        if virEventRunDefaultImpl() < 0 { usleep(100_000) }
    }
}
