import Addresses

@testable import GuestNetwork

/// DNS on both sides: a guest's question reads back as it was understood, and an answer holds only what stands in it.
@Sendable func fuzzNames(_ bytes: [UInt8]) {
    if let question = DNSQuestion(parsing: bytes) { checkQuestion(question) }
    guard bytes.count >= 2 else { return }
    let number = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    for kind in [DNSQuestion.version4, DNSQuestion.version6] {
        guard let question = DNSQuestion(parsing: message(about: "data.example", kind: kind)) else {
            fatalError("a plain question is not read")
        }
        if let answer = DNSAnswer(parsing: bytes, to: question, number: number) { checkAnswer(answer, bytes, kind) }
    }
}

private func message(about name: String, kind: UInt16) -> [UInt8] {
    let labels = name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + $0.utf8 }
    return [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + labels + [0, UInt8(kind >> 8), UInt8(kind & 0xFF), 0, 1]
}

private func checkQuestion(_ question: DNSQuestion) {
    let plain = "abcdefghijklmnopqrstuvwxyz0123456789-_.".utf8
    demand(question.name.utf8.count <= 253 && question.name.utf8.allSatisfy(plain.contains), question.name)
    let forwarded = DNSQuestion(parsing: question.forwarded(as: 7))
    demand(forwarded?.name == question.name && forwarded?.kind == question.kind, "another name is asked for")
    // A name that refers to the message's head is good for the guest that sends it, and for nobody's answer.
    guard question.isAboutAddresses, question.text.count == question.name.utf8.count + 6 else { return }
    let size = question.kind == DNSQuestion.version6 ? 16 : 4
    let given = [UInt8(1), 2].compactMap { IPAddress(bytes: [UInt8](repeating: $0, count: size)) }
    let written = question.answer(.success, given, lifetime: 60)
    let answer = DNSAnswer(parsing: written, to: question, number: question.identifier)
    demand(answer?.outcome == .addresses(given) && answer?.lifetime == 60, "another answer reads back")
}

private func checkAnswer(_ answer: DNSAnswer, _ bytes: [UInt8], _ kind: UInt16) {
    guard case .addresses(let addresses) = answer.outcome else { return }
    demand(addresses.count <= 100, "too many addresses")
    for address in addresses {
        demand(address.isVersion6 == (kind == DNSQuestion.version6), "an address of the other kind")
        demand(bytes.firstRange(of: address.bytes) != nil, "\(address) stands nowhere")
    }
    var reach = GuestReach(.hosts([HostRule(name: "data.example", ports: [443])]), own: [])
    let now = ContinuousClock.now
    for address in reach.learn(addresses, of: "data.example", for: .seconds(60), at: now) {
        checkReach(address)
        demand(!reach.allowsConnection(to: address, port: 22, at: now), "a port that nobody named")
    }
}
