import CAdwaita
import ConsentWire
import FoundationEssentials
import Glibc

/// Reads the question, asks the owner, writes the answer.
func answerAndExit() -> Never {
    guard let question = QuestionInput.read() else { exit(DialogExit.noQuestion) }
    let output = AnswerOutput()
    guard question.version == DialogQuestion.currentVersion else {
        output.write(
            DialogAnswer(id: question.id, decision: .unavailable, reason: PlainLine("the window is of another version"))
        )
        exit(DialogExit.unavailable)
    }
    g_set_prgname("org.lodger.Lodger")
    g_set_application_name("Lodger")
    guard gtk_init_check() != 0 else {
        output.write(DialogAnswer(id: question.id, decision: .unavailable, reason: PlainLine("there is no display")))
        exit(DialogExit.unavailable)
    }
    adw_init()
    let words = ConsentWords(environment: ProcessInfo.processInfo.environment)
    let window = ConsentWindow(question, in: words, reader: output.descriptor)
    let decision = window.run()
    output.write(DialogAnswer(id: question.id, decision: decision))
    exit(DialogExit.answered)
}

/// The question on standard input.
enum QuestionInput {
    /// More is no question of ours.
    private static let limit = 64 * 1024

    static func read() -> DialogQuestion? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { return nil }
        }
        // What is wrong with it nobody could be told: the daemon wrote it.
        return try? JSONDecoder().decode(DialogQuestion.self, from: Data(bytes))
    }
}

/// The daemon's end of the conversation, kept from the toolkit and from whatever it starts.
struct AnswerOutput {
    let descriptor: CInt

    /// Moves standard output elsewhere, so that nothing but the answer is ever written to it.
    init() {
        descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
        if nowhere >= 0 {
            dup2(nowhere, STDIN_FILENO)
            dup2(nowhere, STDOUT_FILENO)
            close(nowhere)
        }
        signal(SIGPIPE, SIG_IGN)
    }

    /// An answer that cannot be written is none, and none is a refusal.
    func write(_ answer: DialogAnswer) {
        guard let bytes = try? JSONEncoder().encode(answer) else { return }  // three strings always encode
        var rest = [UInt8](bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
