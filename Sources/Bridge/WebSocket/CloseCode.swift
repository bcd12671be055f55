/// Why a WebSocket closes, as a number: RFC 6455 §7.4, and from 4000 on our own.
struct CloseCode: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt16

    static let normal = CloseCode(rawValue: 1000)
    static let goingAway = CloseCode(rawValue: 1001)
    static let protocolError = CloseCode(rawValue: 1002)
    static let unsupportedData = CloseCode(rawValue: 1003)
    static let invalidPayload = CloseCode(rawValue: 1007)
    static let policyViolation = CloseCode(rawValue: 1008)
    static let tooBig = CloseCode(rawValue: 1009)
    static let internalError = CloseCode(rawValue: 1011)
    /// A message that cannot be answered.
    static let requestMalformed = CloseCode(rawValue: 4400)
    static let ticketRefused = CloseCode(rawValue: 4403)

    /// Whether the other side may send it: 1004 to 1006 and 1015 never stand in a frame, the rest is not given out.
    var isValid: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
