import CCurl
import Glibc

/// A libcurl easy handle, with what its options point to.
struct EasyHandle: ~Copyable {
    let pointer: UnsafeMutableRawPointer
    private let text: UnsafeMutablePointer<CChar>
    private let lists: Lists

    /// libcurl copies strings but not lists: they must outlive the transfer.
    private final class Lists {
        var headers: UnsafeMutablePointer<curl_slist>?
        var addresses: UnsafeMutablePointer<curl_slist>?

        deinit {
            curl_slist_free_all(headers)
            curl_slist_free_all(addresses)
        }
    }

    init() throws(TransferError) {
        guard let pointer = curl_easy_init() else { throw .failed("no easy handle") }
        self.pointer = pointer
        text = .allocate(capacity: Int(CURL_ERROR_SIZE))
        text.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        lists = Lists()
    }

    deinit {
        curl_easy_cleanup(pointer)
        text.deallocate()
    }

    /// The library's own words for the last failure.
    var message: String { String(cString: text) }

    /// The conversation must live until the transfer has ended.
    func configure(for request: TransferRequest, _ conversation: Conversation) throws(TransferError) {
        try set(CURLOPT_ERRORBUFFER, pointer: text)
        try set(CURLOPT_URL, request.url)
        try set(CURLOPT_PROTOCOLS_STR, request.scheme.rawValue)
        try set(CURLOPT_HTTPGET, 1)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        // The address was parsed by us: libcurl must ask for the same one.
        try set(CURLOPT_PATH_AS_IS, 1)
        // One version of HTTP: less code between a stranger and us, and Range means the same everywhere.
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try set(CURLOPT_USERAGENT, "lodger")
        // An empty proxy also keeps the environment's out: it would connect for us, to where it likes.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_BUFFERSIZE, 256 << 10)
        try setAuthentication(request)
        try setPatience(request.patience)
        try setLists(request)
        try setCallbacks(conversation)
    }

    private func setAuthentication(_ request: TransferRequest) throws(TransferError) {
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        // The system's folder of certificates stays trusted beside this file.
        if let file = request.extraAuthorities { try set(CURLOPT_CAINFO, file) }
    }

    private func setPatience(_ patience: TransferRequest.Patience) throws(TransferError) {
        try set(CURLOPT_CONNECTTIMEOUT_MS, patience.connect.milliseconds)
        if let whole = patience.whole { try set(CURLOPT_TIMEOUT_MS, whole.milliseconds) }
        if let slowest = patience.slowest {
            try set(CURLOPT_LOW_SPEED_LIMIT, slowest.rate)
            try set(CURLOPT_LOW_SPEED_TIME, slowest.seconds)
        }
    }

    private func setLists(_ request: TransferRequest) throws(TransferError) {
        for header in request.headers { try Self.append(header, to: &lists.headers) }
        let addresses = request.addresses.compactMap(Self.text(of:))
        guard !addresses.isEmpty, addresses.count == request.addresses.count else { throw .failed("no address") }
        try Self.append("\(request.host):\(request.port):\(addresses.joined(separator: ","))", to: &lists.addresses)
        try set(CURLOPT_HTTPHEADER, pointer: lists.headers)
        try set(CURLOPT_RESOLVE, pointer: lists.addresses)
    }

    private func setCallbacks(_ conversation: Conversation) throws(TransferError) {
        let data = Unmanaged.passUnretained(conversation).toOpaque()
        try check(lodger_curl_on_bytes(pointer, CURLOPT_HEADERFUNCTION, headerCame), CURLOPT_HEADERFUNCTION)
        try set(CURLOPT_HEADERDATA, pointer: data)
        try check(lodger_curl_on_bytes(pointer, CURLOPT_WRITEFUNCTION, bodyCame), CURLOPT_WRITEFUNCTION)
        try set(CURLOPT_WRITEDATA, pointer: data)
        try check(lodger_curl_on_socket(pointer, socketWanted), CURLOPT_OPENSOCKETFUNCTION)
        try set(CURLOPT_OPENSOCKETDATA, pointer: data)
    }

    private func set(_ option: CURLoption, _ value: Int) throws(TransferError) {
        try check(lodger_curl_set_long(pointer, option, value), option)
    }

    private func set(_ option: CURLoption, _ value: String) throws(TransferError) {
        try check(lodger_curl_set_string(pointer, option, value), option)
    }

    private func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) throws(TransferError) {
        try check(lodger_curl_set_pointer(pointer, option, value), option)
    }

    private func check(_ code: CURLcode, _ option: CURLoption) throws(TransferError) {
        guard code == CURLE_OK else { throw .failed("libcurl refuses option \(option.rawValue)") }
    }

    private static func append(
        _ text: String, to list: inout UnsafeMutablePointer<curl_slist>?
    ) throws(TransferError) {
        guard let longer = curl_slist_append(list, text) else { throw .failed("no memory") }
        list = longer
    }

    /// An address as libcurl's list wants it: IPv6 in brackets.
    private static func text(of address: [UInt8]) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = address.count == 16 ? AF_INET6 : AF_INET
        guard address.count == 4 || address.count == 16,
            inet_ntop(family, address, &buffer, socklen_t(buffer.count)) != nil
        else { return nil }
        let text = buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        return family == AF_INET6 ? "[\(text)]" : text
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
