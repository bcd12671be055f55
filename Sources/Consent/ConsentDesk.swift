package import Addresses
import ConsentWire
package import Logging
package import Sessions
package import SystemPackage

/// Asks the owner, in a window or on the command line, one question after the other.
///
/// A window and the command line can answer the same question; the first answer counts. Without a display a question is
/// refused at once, unless the owner has chosen the command line.
package actor ConsentDesk: ConsentAsker {
    /// How the owner wants to be asked.
    package enum Manner: String, Sendable, CaseIterable {
        /// In a window; the command line may answer it too.
        case automatic
        /// On the command line alone: no window is opened.
        case commandLine = "command-line"
    }

    /// Where the windows' programs lie; `nil` for one that is not used.
    package struct Programs: Sendable {
        package var window: FilePath?
        package var zenity: FilePath?

        package init(window: FilePath?, zenity: FilePath? = "/usr/bin/zenity") {
            self.window = window
            self.zenity = zenity
        }
    }

    /// More questions are refused: an owner who has so many before them reads none.
    private static let mostQuestions = 8
    /// What a window gets beyond the time limit to end by itself.
    private static let grace = Duration.seconds(3)

    private let manner: Manner
    private let programs: Programs
    private let desktop: Desktop
    private let words: ConsentWords
    private let timeLimit: Duration
    private let audit: AuditLog?
    private let logger: Logger
    private var open: [OpenQuestion] = []
    /// The question whose window is shown, and those that wait for theirs.
    private var shown: ConsentIdentifier?
    private var queue: [(question: ConsentIdentifier, turn: AsyncStream<Void>.Continuation)] = []

    private struct OpenQuestion {
        let question: ConsentQuestion
        let since: ContinuousClock.Instant
        let answer: AsyncStream<ConsentAnswer>.Continuation
    }

    package init(
        manner: Manner, programs: Programs, environment: [String: String], timeLimit: Duration = .seconds(90),
        audit: AuditLog?, logger: Logger
    ) {
        self.manner = manner
        self.programs = programs
        desktop = Desktop(environment: environment)
        words = ConsentWords(environment: environment)
        self.timeLimit = timeLimit
        self.audit = audit
        self.logger = logger
    }

    package func ask(_ question: ConsentQuestion) async -> ConsentAnswer {
        let answer = await decide(question)
        await record(AuditEntry(answer, to: question))
        return answer
    }

    /// The questions that wait, the oldest first.
    package func pending() -> [PendingQuestion] {
        let now = ContinuousClock.now
        return open.map { entry in
            PendingQuestion(
                identifier: entry.question.identifier, site: entry.question.site,
                lines: DialogQuestion(entry.question, timeLimit: timeLimit).lines(in: words), age: now - entry.since)
        }
    }

    /// The owner's answer from the command line; false where no such question waits, or that is no answer of an owner.
    package func answer(_ identifier: ConsentIdentifier, _ answer: ConsentAnswer) -> Bool {
        switch answer {
        case .allowOnce, .allowAndRemember, .deny, .blockSite: break
        case .timedOut, .unavailable, .withdrawn: return false
        }
        guard let entry = open.first(where: { $0.question.identifier == identifier }) else { return false }
        guard case .enqueued = entry.answer.yield(answer) else { return false }
        // A second answer comes too late.
        entry.answer.finish()
        return true
    }

    private func decide(_ question: ConsentQuestion) async -> ConsentAnswer {
        guard manner == .commandLine || desktop.hasDisplay else {
            return .unavailable(
                "There is no display. The owner can choose consent = \"command-line\" and answer with: lodger approve.")
        }
        guard open.count < Self.mostQuestions else { return .unavailable("Too many questions wait for the owner.") }
        let (answers, continuation) = AsyncStream.makeStream(
            of: ConsentAnswer.self, bufferingPolicy: .bufferingOldest(1))
        open.append(OpenQuestion(question: question, since: .now, answer: continuation))
        logger.notice(
            "a question waits for the owner",
            metadata: ["site": "\(question.site)", "question": "\(question.identifier)"])
        defer { open.removeAll { $0.question.identifier == question.identifier } }
        return await withTaskGroup(of: ConsentAnswer?.self) { group in
            group.addTask { await answers.first { _ in true } }
            group.addTask {
                switch self.manner {
                case .automatic: await self.askInTurn(question)
                case .commandLine: await Self.timeOut(after: self.timeLimit)
                }
            }
            var answer: ConsentAnswer?
            while answer == nil, let next = await group.next() { answer = next }
            group.cancelAll()
            return answer ?? .withdrawn
        }
    }

    /// Waits until no other window is shown, then shows this one; `nil` where the question was withdrawn.
    private func askInTurn(_ question: ConsentQuestion) async -> ConsentAnswer? {
        await takeTurn(question.identifier)
        defer { endTurn(of: question.identifier) }
        guard shown == question.identifier, !Task.isCancelled else { return nil }
        return await withTaskGroup(of: ConsentAnswer?.self) { group in
            group.addTask { await self.show(question) }
            group.addTask { await Self.timeOut(after: self.timeLimit + Self.grace) }
            let answer = await group.next() ?? nil
            group.cancelAll()
            return Task.isCancelled ? nil : answer
        }
    }

    /// `nil` where it was cancelled: another answered, or nobody waits any more.
    private static func timeOut(after limit: Duration) async -> ConsentAnswer? {
        do { try await Task.sleep(for: limit) } catch { return nil }
        return .timedOut
    }

    /// Our own window, or zenity where there is none, or nobody can be asked.
    private func show(_ question: ConsentQuestion) async -> ConsentAnswer {
        let dialog = DialogQuestion(question, timeLimit: timeLimit)
        var reasons: [String] = []
        if let path = programs.window {
            switch await OwnWindow(path: path, desktop: desktop, logger: logger).ask(dialog) {
            case .decided(let answer): return answer
            case .notShown(let reason): return .unavailable(reason)
            case .notStarted(let reason): reasons.append(reason)
            }
        }
        if let path = programs.zenity {
            switch await ZenityWindow(path: path, desktop: desktop, words: words, logger: logger).ask(dialog) {
            case .decided(let answer): return answer
            case .notShown(let reason), .notStarted(let reason): reasons.append(reason)
            }
        }
        return .unavailable(reasons.isEmpty ? "No program to ask with is installed." : reasons.joined(separator: "; "))
    }

    private func takeTurn(_ identifier: ConsentIdentifier) async {
        guard shown != nil else {
            shown = identifier
            return
        }
        let (turns, turn) = AsyncStream.makeStream(of: Void.self)
        queue.append((identifier, turn))
        for await _ in turns { break }
    }

    private func endTurn(of identifier: ConsentIdentifier) {
        queue.removeAll { $0.question == identifier }
        guard shown == identifier else { return }
        shown = nil
        guard !queue.isEmpty else { return }
        let next = queue.removeFirst()
        shown = next.question
        next.turn.yield()
    }

    /// Records what the owner did to a whole site.
    package func record(_ event: AuditEntry.Event, of site: SiteOrigin) async {
        await record(AuditEntry(event, origin: site))
    }

    /// What cannot be recorded holds nothing up: the owner has decided.
    private func record(_ entry: AuditEntry) async {
        do {
            for file in try await audit?.record(entry) ?? [] {
                logger.error("state set aside", metadata: file.metadata)
            }
        } catch {
            logger.error("a decision could not be recorded", metadata: ["reason": "\(error)"])
        }
    }
}
