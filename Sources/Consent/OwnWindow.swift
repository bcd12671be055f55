import ConsentWire
import FoundationEssentials
import Logging
import Sessions
import SystemPackage

/// Our own consent window: a program that reads a question and writes an answer.
struct OwnWindow {
    let path: FilePath
    let desktop: Desktop
    let logger: Logger

    func ask(_ question: DialogQuestion) async -> WindowAnswer {
        let program: TrustedProgram
        do {
            program = try TrustedProgram(path)
        } catch {
            return .notStarted(error.description)
        }
        // Strings and numbers always encode.
        guard let input = try? JSONEncoder().encode(question) else { return .decided(.deny) }
        let process = WindowProcess(program: program, arguments: [], desktop: desktop, logger: logger)
        guard let ending = await process.run(input: [UInt8](input)) else {
            return .notStarted("\(path) could not be started")
        }
        // The dynamic linker's way to say that a library is missing.
        if ending.status == 127, ending.output.isEmpty { return .notStarted("\(path) lacks a library") }
        return Self.judge(ending, of: question)
    }

    /// Only a whole, well-formed answer to this very question is more than a refusal.
    private static func judge(_ ending: WindowProcess.Ending, of question: DialogQuestion) -> WindowAnswer {
        // What is wrong with an answer that is none does not matter: it refuses.
        guard let answer = try? JSONDecoder().decode(DialogAnswer.self, from: Data(ending.output)),
            answer.id == question.id
        else { return .decided(.deny) }
        switch (ending.status, answer.decision) {
        case (DialogExit.answered, .allowOnce): return .decided(.allowOnce)
        case (DialogExit.answered, .allowAndRemember): return .decided(.allowAndRemember)
        case (DialogExit.answered, .block): return .decided(.blockSite)
        case (DialogExit.answered, .timedOut): return .decided(.timedOut)
        case (DialogExit.unavailable, .unavailable):
            return .notShown(answer.reason?.description ?? "the window could not be shown")
        default: return .decided(.deny)
        }
    }
}

/// What came of showing a window.
enum WindowAnswer: Sendable {
    case decided(ConsentAnswer)
    /// The program runs, but nobody would see it; the sentence says why.
    case notShown(String)
    /// There is no such program, or it is not one to trust.
    case notStarted(String)
}
