import CCurl

/// A libcurl multi handle that drives one transfer and can be woken from another thread.
struct MultiHandle: ~Copyable {
    private let pointer: UnsafeMutableRawPointer
    private let signal: StopSignal

    init(_ signal: StopSignal) throws(TransferError) {
        guard let pointer = curl_multi_init() else { throw .failed("no multi handle") }
        self.pointer = pointer
        self.signal = signal
        signal.watch(pointer)
    }

    deinit {
        signal.watch(nil)
        curl_multi_cleanup(pointer)
    }

    /// Blocks until the transfer has ended and returns how.
    func drive(_ easy: borrowing EasyHandle) throws(TransferError) -> CURLcode {
        guard curl_multi_add_handle(pointer, easy.pointer) == CURLM_OK else {
            throw .failed("the transfer was not taken")
        }
        defer { curl_multi_remove_handle(pointer, easy.pointer) }
        var running: CInt = 1
        while true {
            if signal.isStopped { throw .cancelled }
            let code = curl_multi_perform(pointer, &running)
            guard code == CURLM_OK else { throw .failed("curl_multi_perform: \(code.rawValue)") }
            if running == 0 { break }
            // A time-out of its own only for safety: libcurl knows its timers, and a stop wakes it.
            guard curl_multi_poll(pointer, nil, 0, 1000, nil) == CURLM_OK else { throw .failed("curl_multi_poll") }
        }
        if signal.isStopped { throw .cancelled }
        var left: CInt = 0
        while let message = curl_multi_info_read(pointer, &left) {
            if message.pointee.msg == CURLMSG_DONE { return lodger_curl_result_of(message) }
        }
        throw .failed("the transfer ended without a result")
    }
}
