import CCurl
import Glibc

/// What libcurl's callbacks work on while a transfer runs: used on the transfer's thread only.
final class Conversation {
    private let sink: any TransferSink
    private let addresses: [[UInt8]]
    private let port: UInt16
    private var status = 0
    private var headers: [String: String] = [:]
    private var headerBytes = 0
    private var hasBegun = false
    private var fault: TransferError?

    /// More than any honest server sends.
    private static let mostHeaderBytes = 64 << 10

    init(sink: any TransferSink, addresses: [[UInt8]], port: UInt16) {
        self.sink = sink
        self.addresses = addresses
        self.port = port
    }

    /// Takes one line of the head; `false` ends the transfer.
    func header(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.mostHeaderBytes else { return fail(.malformed("the head is too large")) }
        // What follows the body may not change what was decided on the head.
        if hasBegun { return true }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            headers = [:]
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return (100...599).contains(status) || fail(.malformed("no status"))
        }
        guard let colon = text.firstIndex(of: ":") else {
            return text.allSatisfy(\.isWhitespace) && status >= 200 ? begin() : true
        }
        let name = text[..<colon].lowercased()
        if headers[name] == nil { headers[name] = text[text.index(after: colon)...].trimmed }
        return true
    }

    /// Takes the next bytes of the body; `false` ends the transfer.
    func body(_ bytes: RawSpan) -> Bool {
        guard hasBegun else { return fail(.malformed("a body without a head")) }
        return sink.receive(bytes) || fail(.stopped)
    }

    /// Whether a connection may go there.
    func allows(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
        guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return false }
        let place = UnsafeRawPointer(address) + offset
        let allowed: Bool
        switch address.pointee.family {
        case AF_INET:
            let inet = place.loadUnaligned(as: sockaddr_in.self)
            allowed = inet.sin_port == port.bigEndian && addresses.contains(Self.bytes(of: inet.sin_addr))
        case AF_INET6:
            let inet = place.loadUnaligned(as: sockaddr_in6.self)
            allowed = inet.sin6_port == port.bigEndian && addresses.contains(Self.bytes(of: inet.sin6_addr))
        default:
            allowed = false
        }
        return allowed || fail(.notConnected("the address is not the checked one"))
    }

    /// Chooses our word for how the transfer ended.
    func error(for code: CURLcode, _ message: String) -> TransferError {
        if let fault { return fault }
        let reason = message.isEmpty ? String(cString: curl_easy_strerror(code)) : message
        return switch code {
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: .notConnected(reason)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            .notAuthentic(reason)
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING: .cut(reason)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: .malformed(reason)
        default: .failed(reason)
        }
    }

    private func begin() -> Bool {
        hasBegun = true
        return sink.begin(ResponseHead(status: status, headers: headers)) || fail(.stopped)
    }

    private func fail(_ error: TransferError) -> Bool {
        if fault == nil { fault = error }
        return false
    }

    private static func bytes<Address>(of address: Address) -> [UInt8] {
        withUnsafeBytes(of: address) { [UInt8]($0) }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let head = drop(while: \.isWhitespace)
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }
}

// Functions of the file, not closures: libcurl calls them on the transfer's thread, where no actor is.

func headerCame(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ data: UnsafeMutableRawPointer?
) -> Int {
    guard let data else { return 0 }
    let conversation = Unmanaged<Conversation>.fromOpaque(data).takeUnretainedValue()
    return conversation.header(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

func bodyCame(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ data: UnsafeMutableRawPointer?
) -> Int {
    guard let data else { return 0 }
    let conversation = Unmanaged<Conversation>.fromOpaque(data).takeUnretainedValue()
    return conversation.body(UnsafeRawBufferPointer(start: bytes, count: size * count).bytes) ? size * count : 0
}

func socketWanted(
    _ data: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    let refused: curl_socket_t = -1
    guard let data, let address, purpose == CURLSOCKTYPE_IPCXN else { return refused }
    let conversation = Unmanaged<Conversation>.fromOpaque(data).takeUnretainedValue()
    guard conversation.allows(address) else { return refused }
    let wanted = address.pointee
    return socket(wanted.family, wanted.socktype | CInt(SOCK_CLOEXEC.rawValue), wanted.protocol)
}
