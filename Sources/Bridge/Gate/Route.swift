/// The WebSockets that the daemon serves.
enum Route: String, CaseIterable, Sendable {
    case control = "/v1"
    case display = "/display"
    case port = "/port"

    /// What the page must offer; older pages that offer none are not spoken to here.
    var subprotocol: String {
        switch self {
        case .control: "lodger.v1"
        case .display: "lodger.display.v1"
        case .port: "lodger.port.v1"
        }
    }
}
