/// Why a request gets no more than a status.
enum Refusal: Int, Error, CaseIterable {
    case badRequest = 400
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case headTooSlow = 408
    /// The request is for another host than this one.
    case misdirected = 421
    case upgradeRequired = 426
    case tooManySockets = 429
    case headTooLarge = 431

    var phrase: String {
        switch self {
        case .badRequest: "Bad Request"
        case .forbidden: "Forbidden"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .headTooSlow: "Request Timeout"
        case .misdirected: "Misdirected Request"
        case .upgradeRequired: "Upgrade Required"
        case .tooManySockets: "Too Many Requests"
        case .headTooLarge: "Request Header Fields Too Large"
        }
    }
}
