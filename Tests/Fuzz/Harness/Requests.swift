import Addresses
import StrictJSON

@testable import Wire

/// The messages of a page: what decodes is within its limits and says the same when it is written again.
@Sendable func fuzzRequests(_ bytes: [UInt8]) {
    _ = StreamMessage(decoding: bytes)
    do {
        let request = try Request(decoding: bytes)
        demand((1...9_007_199_254_740_991).contains(request.id.value), "an id that JavaScript does not keep")
        demand(texts(of: request.order).allSatisfy { $0.0.utf8.count <= $0.1 }, "a text over its limit")
        demand((try? Request(decoding: json(of: request).text)) == request, "another request reads back")
    } catch {
        guard let id = error.id else { return }
        let members = (try? JSONValue(parsing: bytes))?.object
        demand(members?["id"]?.integer == id.value, "a fault with another id")
    }
}

/// The texts of an order and the most bytes that each may have.
private func texts(of order: Request.Order) -> [(String, Int)] {
    switch order {
    case .hello(let hello): [(hello.client.description, 256)]
    case .open(let open): [(open.configuration.description, 2049), (open.resume?.description ?? "", 2048)]
    case .start(let session), .pause(let session), .resume(let session), .stop(let session), .forget(let session),
        .displayTicket(let session), .portTicket(let session, _):
        [(session.description, 64)]
    case .list: []
    }
}

private func json(of request: Request) -> JSONValue {
    var members: [String: JSONValue] = [
        "id": .integer(request.id.value), "request": .string(request.order.word.rawValue), "x-unknown": .otherNumber,
    ]
    switch request.order {
    case .hello(let hello):
        members["version"] = .integer(Int64(hello.version))
        members["client"] = JSONValue(hello.client)
        members["speakingFor"] = hello.speakingFor.map { .string($0.description) } ?? .null
    case .open(let open):
        members["configuration"] = .string(open.configuration.description)
        members["resume"] = open.resume.map { JSONValue($0) }
    case .start(let session), .pause(let session), .resume(let session), .stop(let session), .forget(let session),
        .displayTicket(let session):
        members["session"] = JSONValue(session)
    case .portTicket(let session, let port):
        members["session"] = JSONValue(session)
        members["port"] = .integer(Int64(port))
    case .list: break
    }
    return .object(members)
}
