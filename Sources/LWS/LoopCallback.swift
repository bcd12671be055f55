import CLibwebsockets

/// What libwebsockets calls for everything; a global function, so that it inherits no isolation.
func serviceLoopCallback(
    _ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
    _ input: UnsafeMutableRawPointer?, _ length: Int
) -> CInt {
    guard let wsi, let opaque = lws_get_opaque_user_data(wsi) else { return 0 }
    // The pointers do not leave this call, which is on the loop's thread from its first to its last instruction.
    nonisolated(unsafe) let pointer = opaque
    nonisolated(unsafe) let bytes = UnsafeMutableRawBufferPointer(start: input, count: input == nil ? 0 : length)
    return ServiceLoop.assumeIsolated {
        Unmanaged<Channel>.fromOpaque(pointer).takeUnretainedValue().handle(reason, bytes)
    }
}
