import StrictJSON

/// The text messages beside the bytes of a display or a port.
package enum StreamMessage: String, Sendable, CaseIterable {
    /// From the daemon: the ticket was good, the bytes follow.
    case ready
    /// From the page: it has no more to send.
    case end

    package var encoded: [UInt8] { JSONValue.object(["event": .string(rawValue)]).text }

    package init?(decoding bytes: [UInt8]) {
        guard let word = (try? JSONValue(parsing: bytes))?.object?["event"]?.string else {  // One answer to all faults.
            return nil
        }
        self.init(rawValue: word)
    }
}
