/// The status and the headers of an answer.
package struct ResponseHead: Sendable {
    package let status: Int
    /// By name in lower case; of a repeated header the first.
    package let headers: [String: String]

    package init(status: Int, headers: [String: String]) {
        self.status = status
        self.headers = headers
    }

    package subscript(_ name: String) -> String? { headers[name] }
}

/// Where an answer goes.
///
/// Called on the transfer's own thread, one call at a time, and never after the transfer has ended.
package protocol TransferSink: AnyObject, Sendable {
    /// The head is complete; `false` ends the transfer.
    func begin(_ head: ResponseHead) -> Bool
    /// The next bytes of the body; `false` ends the transfer.
    func receive(_ bytes: RawSpan) -> Bool
}
