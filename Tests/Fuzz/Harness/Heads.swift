import Addresses

@testable import Bridge

/// The head of a request and the gate behind it: nobody gets in whose own words do not allow it.
@Sendable func fuzzHeads(_ bytes: [UInt8]) {
    guard let head = RequestHead(parsing: bytes[...]) else { return }
    demand(RequestHead(parsing: written(head)[...]) == head, "another head reads back")
    let values = head.fields.values.joined() + head.target + head.method
    demand(!values.unicodeScalars.contains { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }, "a control character")
    let strict = admission(of: head, developmentSites: false)
    let open = admission(of: head, developmentSites: true)
    if let strict { demand(strict == open, "the owner's switch shuts somebody out") }
    if let open { checkAdmission(open, bytes, developmentSites: strict == nil) }
}

private func written(_ head: RequestHead) -> [UInt8] {
    let lines = ["\(head.method) \(head.target) HTTP/1.1"] + head.fields.map { "\($0):\t\($1)  " }
    // Every byte beyond ASCII was read as one character.
    return lines.joined(separator: "\r\n").unicodeScalars.map { $0.isASCII ? UInt8($0.value) : 0xFF }
}

private func admission(of head: RequestHead, developmentSites: Bool) -> Gate.Admission? {
    try? Gate(port: 5624, developmentSites: developmentSites).admit(head)
}

/// Looks at the bytes alone, line by line.
private func checkAdmission(_ admission: Gate.Admission, _ bytes: [UInt8], developmentSites: Bool) {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self).lowercased() }
    func values(_ name: String) -> [String] {
        lines.filter { $0.hasPrefix("\(name):") }.map { line in
            String(line.dropFirst(name.count + 1).filter { !" \t\r".contains($0) })
        }
    }
    let hosts = values("host")
    demand(hosts.count == 1 && ["127.0.0.1:5624", "localhost:5624", "[::1]:5624"].contains(hosts[0]), "host \(hosts)")
    demand(bytes.starts(with: "GET /".utf8), "another method")
    let origins = values("origin")
    demand(origins.count <= 1, "two origins")
    let origin = origins.first ?? ""
    let isSite = origin.hasPrefix("https://") || developmentSites && origin.hasPrefix("http://localhost:")
    let isOurs = origin == "http://\(hosts[0])"
    if !origin.isEmpty { demand(isSite || isOurs, "origin \(origin)") }
    guard case .webSocket(_, let visitor, let key) = admission else {
        demand(values("upgrade").isEmpty && values("sec-websocket-key").isEmpty, "an upgrade that is none")
        return
    }
    demand(isSite || isOurs, "a WebSocket of nobody")
    demand(visitor == .bridgePage ? isOurs : visitor.description == origin, "a WebSocket of somebody else")
    demand(key.utf8.count == 24 && values("sec-websocket-version") == ["13"], "another handshake")
}
