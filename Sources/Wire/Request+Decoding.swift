import Addresses
import StrictJSON

extension Request {
    /// Reads one message of a page; members that are not known are ignored.
    package init(decoding bytes: [UInt8]) throws(RequestFault) {
        guard let members = (try? JSONValue(parsing: bytes))?.object else {  // Where it went wrong helps nobody.
            throw RequestFault(id: nil, kind: .malformed(field: nil))
        }
        guard let id = members["id"]?.integer.flatMap(RequestID.init) else {
            throw RequestFault(id: nil, kind: .malformed(field: "id"))
        }
        let reader = MemberReader(id: id, members: members)
        let name = try reader.text("request", longest: 64).description
        guard let word = Order.Word(rawValue: name) else { throw RequestFault(id: id, kind: .unknownWord) }
        self.init(id: id, order: try Order(word, from: reader))
    }
}

extension Request.Order {
    fileprivate init(_ word: Word, from reader: MemberReader) throws(RequestFault) {
        switch word {
        case .hello: self = .hello(try reader.hello())
        case .open:
            self = .open(
                Request.Open(
                    configuration: try reader.value("configuration", SecureURL.init),
                    resume: try reader.optional("resume") { .some(WireText($0)) }))
        case .start: self = .start(session: try reader.session())
        case .pause: self = .pause(session: try reader.session())
        case .resume: self = .resume(session: try reader.session())
        case .stop: self = .stop(session: try reader.session())
        case .forget: self = .forget(session: try reader.session())
        case .list: self = .list
        case .displayTicket: self = .displayTicket(session: try reader.session())
        case .portTicket: self = .portTicket(session: try reader.session(), port: try reader.port())
        }
    }
}

/// Takes the members of one request apart and names the one that is wrong.
private struct MemberReader {
    let id: RequestID
    let members: [String: JSONValue]

    func fault(_ field: String) -> RequestFault { RequestFault(id: id, kind: .malformed(field: field)) }

    /// The most bytes that a text member may have: an address is the longest there is.
    func text(_ field: String, longest: Int = 2048) throws(RequestFault) -> WireText {
        guard let text = members[field]?.string, text.utf8.count <= longest else { throw fault(field) }
        return WireText(text)
    }

    func value<Value>(_ field: String, _ parse: (String) -> Value?) throws(RequestFault) -> Value {
        guard let value = parse(try text(field).description) else { throw fault(field) }
        return value
    }

    /// `nil` where the member is absent or null.
    func optional<Value>(_ field: String, _ parse: (String) -> Value?) throws(RequestFault) -> Value? {
        switch members[field] {
        case nil, .null: nil
        default: try value(field, parse)
        }
    }

    func session() throws(RequestFault) -> WireText { try text("session", longest: 64) }

    func port() throws(RequestFault) -> UInt16 {
        guard let port = members["port"]?.integer.flatMap(UInt16.init(exactly:)) else { throw fault("port") }
        return port
    }

    func hello() throws(RequestFault) -> Request.Hello {
        guard let version = members["version"]?.integer.flatMap(Int.init(exactly:)) else { throw fault("version") }
        return Request.Hello(
            version: version, client: try text("client", longest: 256),
            speakingFor: try optional("speakingFor", SiteOrigin.init))
    }
}
