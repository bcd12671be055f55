import COpenSSL

/// A call into OpenSSL that failed, with the library's own reason.
package struct OpenSSLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let call: String
    package let reason: String

    package var description: String { "\(call): \(reason)" }

    /// Reads and clears this thread's error queue; call right after the failure.
    init(afterFailureOf call: String) {
        self.call = call
        let code = ERR_get_error()
        if code == 0 {
            reason = "no reason given"
        } else {
            var text = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(code, &text, text.count)
            reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        ERR_clear_error()
    }
}
