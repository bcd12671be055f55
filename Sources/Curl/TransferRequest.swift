/// One GET, and the only addresses that it may connect to.
package struct TransferRequest: Sendable {
    /// An absolute address, percent-encoded.
    package var url: String
    package var scheme: Scheme
    /// The name that the addresses stand for, as in the URL.
    package var host: String
    package var port: UInt16
    /// Addresses in network order, 4 or 16 bytes each; the connection goes to one of them or nowhere.
    package var addresses: [[UInt8]]
    /// Lines such as `Accept: text/plain`.
    package var headers: [String]
    /// A file of certificates that are trusted beside the system's.
    package var extraAuthorities: String?
    package var patience: Patience

    package enum Scheme: String, Sendable {
        case https
        case http
    }

    /// How long a transfer may take, and how slow it may be.
    package struct Patience: Sendable {
        /// For the connection and its handshake.
        package var connect: Duration
        /// For the whole; `nil` for no limit.
        package var whole: Duration?
        /// The transfer ends when fewer bytes a second than this came over that many seconds.
        package var slowest: (rate: Int, seconds: Int)?

        package init(connect: Duration, whole: Duration?, slowest: (rate: Int, seconds: Int)?) {
            self.connect = connect
            self.whole = whole
            self.slowest = slowest
        }
    }

    package init(
        url: String, scheme: Scheme, host: String, port: UInt16, addresses: [[UInt8]], headers: [String] = [],
        extraAuthorities: String? = nil, patience: Patience
    ) {
        self.url = url
        self.scheme = scheme
        self.host = host
        self.port = port
        self.addresses = addresses
        self.headers = headers
        self.extraAuthorities = extraAuthorities
        self.patience = patience
    }
}
