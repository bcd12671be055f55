import ConsentWire
import FoundationEssentials

/// The question to the owner: whatever it says, every line that is shown is harmless and short.
@Sendable func fuzzConsent(_ bytes: [UInt8]) {
    checkLine(String(decoding: bytes, as: UTF8.self))
    if let answer = try? JSONDecoder().decode(DialogAnswer.self, from: Data(bytes)) { checkReadsBack(answer) }
    guard let question = try? JSONDecoder().decode(DialogQuestion.self, from: Data(bytes)) else { return }
    checkReadsBack(question)
    for words in [ConsentWords.english, .german, .french, .spanish] {
        let shown = question.lines(in: words) + question.details(in: words).flatMap { [$0.title, $0.text] }
        for line in shown { demand(isHarmless(line.split(separator: "\n").joined()), "\(line.debugDescription)") }
    }
}

private func checkReadsBack<Message: Codable & Equatable>(_ message: Message) {
    guard let written = try? JSONEncoder().encode(message) else { fatalError("it cannot be written") }
    demand((try? JSONDecoder().decode(Message.self, from: written)) == message, "another message reads back")
}

private func checkLine(_ text: String) {
    let line = PlainLine(text)
    demand(line.description.unicodeScalars.count <= PlainLine.longest, "too long")
    demand(isHarmless(line.description), "\(line.description.debugDescription)")
    demand(PlainLine(line.description) == line, "a second reading differs")
    demand(!line.description.hasPrefix(" ") && !line.description.contains("  "), "space that nobody asked for")
}

private func isHarmless(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xE000...0xF8FF,
            0xE0000...0x10FFFF:
            false
        default: true
        }
    }
}
