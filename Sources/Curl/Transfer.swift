import CCurl
import Linux

/// One GET at a time, on a thread of its own.
///
/// No redirect is followed, no proxy, cookie, credential or cache is used, and bodies are not inflated.
package enum Transfer {
    /// Returns when the whole body went into the sink; cancelling the task ends the transfer at once.
    package static func run(_ request: TransferRequest, into sink: any TransferSink) async throws(TransferError) {
        let signal = StopSignal()
        let result: Result<Void, TransferError> = await withTaskCancellationHandler {
            do throws(TransferError) {
                try await OwnThread.run { () throws(TransferError) in try perform(request, sink, signal) }
                return .success(())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            signal.stop()
        }
        try result.get()
    }

    private static func perform(
        _ request: TransferRequest, _ sink: any TransferSink, _ signal: StopSignal
    ) throws(TransferError) {
        guard libraryIsReady else { throw .failed("libcurl cannot be initialised") }
        let conversation = Conversation(sink: sink, addresses: request.addresses, port: request.port)
        let easy = try EasyHandle()
        try easy.configure(for: request, conversation)
        let multi = try MultiHandle(signal)
        try withExtendedLifetime(conversation) { () throws(TransferError) in
            let code = try multi.drive(easy)
            if code != CURLE_OK { throw conversation.error(for: code, easy.message) }
        }
    }
}

/// Not safe to run twice at once before libcurl 7.84; a global is made once.
private let libraryIsReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
