import Addresses
import Consent
import FoundationEssentials
import Logging
import Sessions
import SystemPackage
import Testing

@Suite(.serialized) struct CommandLineTests {
    private func desk(window: FakeWindow? = nil, manner: ConsentDesk.Manner, limit: Duration = .seconds(60))
        -> ConsentDesk
    {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return ConsentDesk(
            manner: manner, programs: .init(window: window.map { FilePath($0.program) }, zenity: nil),
            environment: window == nil ? [:] : ["DISPLAY": ":99"], timeLimit: limit, audit: nil, logger: logger)
    }

    /// Asks, and answers as soon as the question waits.
    private func ask(_ desk: ConsentDesk, answering answer: ConsentAnswer) async throws -> ConsentAnswer {
        let question = try Questions.make()
        let asked = Task { await desk.ask(question) }
        while await desk.pending().isEmpty { await Task.yield() }
        #expect(await desk.answer(question.identifier, answer))
        return await asked.value
    }

    @Test(arguments: [ConsentAnswer.allowOnce, .allowAndRemember, .deny, .blockSite])
    func theOwnersAnswerCounts(answer: ConsentAnswer) async throws {
        #expect(try await ask(desk(manner: .commandLine), answering: answer) == answer)
    }

    @Test func itAnswersWhileTheWindowIsShownAndTakesItAway() async throws {
        let window = try FakeWindow("exec sleep 600")
        let desk = desk(window: window, manner: .automatic)
        let question = try Questions.make()
        let asked = Task { await desk.ask(question) }
        try await window.starts()
        #expect(await desk.answer(question.identifier, .allowOnce))
        #expect(await asked.value == .allowOnce)
        #expect(!window.isRunning)
    }

    @Test func noWindowIsOpenedForAnOwnerOfTheCommandLine() async throws {
        let window = try FakeWindow("answer allow-once")
        #expect(try await ask(desk(window: window, manner: .commandLine), answering: .deny) == .deny)
        #expect(window.runs == 0)
    }

    @Test func nobodyAnswersInTime() async throws {
        let desk = desk(manner: .commandLine, limit: .milliseconds(200))
        #expect(await desk.ask(try Questions.make()) == .timedOut)
        #expect(await desk.pending().isEmpty)
    }

    @Test func whatWaitsIsListedWithItsWords() async throws {
        let desk = desk(manner: .commandLine)
        let question = try Questions.make(name: "a\u{202E}b\nc")
        let asked = Task { await desk.ask(question) }
        while await desk.pending().isEmpty { await Task.yield() }
        let pending = await desk.pending()
        #expect(pending.map(\.identifier) == [question.identifier])
        #expect(pending.first?.site == question.site)
        #expect(pending.first?.lines.contains("Name, chosen by the site: “ab c”") == true)
        asked.cancel()
        #expect(await asked.value == .withdrawn)
    }

    @Test func onlyAnAnswerOfAnOwnerToAWaitingQuestionIsTaken() async throws {
        let desk = desk(manner: .commandLine)
        let question = try Questions.make()
        let asked = Task { await desk.ask(question) }
        while await desk.pending().isEmpty { await Task.yield() }
        #expect(await desk.answer(ConsentIdentifier(), .allowOnce) == false)
        #expect(await desk.answer(question.identifier, .timedOut) == false)
        #expect(await desk.answer(question.identifier, .withdrawn) == false)
        #expect(await desk.answer(question.identifier, .unavailable("")) == false)
        #expect(await desk.answer(question.identifier, .deny))
        #expect(await desk.answer(question.identifier, .allowOnce) == false)
        #expect(await asked.value == .deny)
        #expect(await desk.answer(question.identifier, .allowOnce) == false)
    }
}
