import ConsentWire
import Logging
import Sessions
import SystemPackage

/// The simpler window, where our own is not installed: it can only allow once.
struct ZenityWindow {
    let path: FilePath
    let desktop: Desktop
    let words: ConsentWords
    let logger: Logger

    /// A yes that comes sooner was not meant for this window, for it cannot keep its button insensitive.
    private static let soonest = Duration.milliseconds(1500)

    func ask(_ question: DialogQuestion) async -> WindowAnswer {
        if question.identity.kind == .changed {
            return .notShown("the site’s key has changed, and that is asked about only in Lodger’s own window")
        }
        let program: TrustedProgram
        do {
            program = try TrustedProgram(path)
        } catch {
            return .notStarted(error.description)
        }
        let clock = ContinuousClock()
        let end = clock.now + .seconds(question.timeLimit)
        while clock.now < end, !Task.isCancelled {
            let shown = clock.now
            let arguments = arguments(for: question, seconds: Int((end - shown).components.seconds) + 1)
            let process = WindowProcess(program: program, arguments: arguments, desktop: desktop, logger: logger)
            guard let ending = await process.run(input: []) else {
                return .notStarted("\(path) could not be started")
            }
            switch ending.status {
            case 0 where clock.now - shown < Self.soonest: continue
            case 0: return .decided(.allowOnce)
            case 5: return .decided(.timedOut)
            case 127: return .notStarted("\(path) lacks a library")
            default: return .decided(.deny)
            }
        }
        return .decided(.timedOut)
    }

    private func arguments(for question: DialogQuestion, seconds: Int) -> [String] {
        let text = question.lines(in: words).joined(separator: "\n")
        return [
            "--question", "--no-markup", "--default-cancel", "--width=560", "--timeout=\(seconds)",
            "--title=\(words.windowTitle)", "--ok-label=\(words.allowOnce)", "--cancel-label=\(words.deny)",
            "--text=\(Self.withoutBackslashes(text))",
        ]
    }

    /// Some versions read backslashes as the C compiler does: they get a character that only looks like one.
    private static func withoutBackslashes(_ text: String) -> String {
        String(text.map { $0 == "\\" ? "\u{2216}" : $0 })
    }
}
