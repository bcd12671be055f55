import Consent
import FoundationEssentials
import Glibc
import Logging
import Sessions
import SystemPackage
import Testing

@Suite(.serialized) struct ConsentDeskTests {
    private func desk(
        window: FakeWindow? = nil, zenity: FakeWindow? = nil, manner: ConsentDesk.Manner = .automatic,
        environment: [String: String] = ["DISPLAY": ":99"], limit: Duration = .seconds(60), audit: AuditLog? = nil
    ) -> ConsentDesk {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return ConsentDesk(
            manner: manner,
            programs: .init(window: window.map { FilePath($0.program) }, zenity: zenity.map { FilePath($0.program) }),
            environment: environment, timeLimit: limit, audit: audit, logger: logger)
    }

    @Test(arguments: [
        ("allow-once", ConsentAnswer.allowOnce), ("allow-and-remember", .allowAndRemember), ("block", .blockSite),
        ("deny", .deny), ("timed-out", .timedOut),
    ])
    func theWindowsDecisionIsTheAnswer(decision: String, answer: ConsentAnswer) async throws {
        let window = try FakeWindow("answer \(decision)")
        #expect(await desk(window: window).ask(try Questions.make()) == answer)
    }

    @Test(arguments: [
        "answer allow-once; exit 1",
        "answer allow-once; kill -9 $$",
        "kill -9 $$",
        "exit 0",
        "echo allow-once",
        "id=0b7e2a60-0000-4000-8000-000000000000; answer allow-once",
        "answer allow-once; answer allow-once",
        "answer allow",
        "printf '{\"decision\":\"allow-once\"}'",
        "answer unavailable",
        "answer allow-once; exit 69",
        "answer allow-once; head -c 100000 /dev/zero",
        "answer allow-once; while :; do echo more; done",
        "exec <&-; exit 0",
    ])
    func everythingButAClearYesIsARefusal(body: String) async throws {
        let window = try FakeWindow(body)
        #expect(await desk(window: window).ask(try Questions.make()) == .deny)
    }

    @Test func aWindowThatReadsNothingIsARefusal() async throws {
        let window = try FakeWindow("")
        try Data("#!/bin/sh\nexit 0\n".utf8).write(to: URL(filePath: window.program))
        #expect(await desk(window: window).ask(try Questions.make()) == .deny)
    }

    @Test func aWindowThatHangsIsKilledWhenTheTimeIsOver() async throws {
        let window = try FakeWindow("exec sleep 600")
        #expect(await desk(window: window, limit: .seconds(1)).ask(try Questions.make()) == .timedOut)
        #expect(window.runs == 1)
        try await window.ends()
    }

    @Test func aChildThatTheWindowLeavesBehindDelaysNothing() async throws {
        let window = try FakeWindow("sleep 60 & echo $! >$(dirname $0)/child; answer allow-once")
        let clock = ContinuousClock()
        let begin = clock.now
        #expect(await desk(window: window).ask(try Questions.make()) == .allowOnce)
        #expect(clock.now - begin < .seconds(30))
        let child = try #require(window.lines(of: "child").first.flatMap { pid_t($0) })
        #expect(kill(child, SIGKILL) == 0)
    }

    @Test func withoutADisplayNobodyIsAskedAndNothingIsStarted() async throws {
        let window = try FakeWindow("answer allow-once")
        let answer = await desk(window: window, environment: ["HOME": "/"]).ask(try Questions.make())
        guard case .unavailable(let reason) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(reason.contains("command-line"))
        #expect(window.runs == 0)
    }

    @Test func aDisplayThatCannotBeOpenedIsNoRefusal() async throws {
        let window = try FakeWindow(
            #"printf '{"id":"%s","decision":"unavailable","reason":"no display"}' "$id"; exit 69"#)
        let zenity = try FakeWindow("sleep 2")
        #expect(await desk(window: window, zenity: zenity).ask(try Questions.make()) == .unavailable("no display"))
        #expect(zenity.runs == 0)
    }

    @Test func theWindowGetsNothingOfTheEnvironmentThatItDoesNotNeed() async throws {
        let window = try FakeWindow("env >$(dirname $0)/environment; echo $# >$(dirname $0)/count; answer deny")
        let environment = [
            "DISPLAY": ":7", "LC_TIME": "de_DE", "XDG_RUNTIME_DIR": "/run/user/1", "SECRET": "x",
            "LD_PRELOAD": "/evil.so", "GTK_MODULES": "evil", "PATH": "/evil", "XAUTHORITY": "",
        ]
        _ = await desk(window: window, environment: environment).ask(try Questions.make())
        let names = window.lines(of: "environment").map { String($0.prefix { $0 != "=" }) }
        // The shell adds PWD and its like.
        #expect(
            Set(names).subtracting(["PWD", "OLDPWD", "SHLVL", "_"]) == [
                "DISPLAY", "LC_TIME", "XDG_RUNTIME_DIR", "PATH",
            ])
        #expect(window.lines(of: "environment").contains("PATH=/usr/bin:/bin"))
        #expect(window.lines(of: "count") == ["0"])
    }

    @Test(arguments: [0o775, 0o757, 0o644] as [mode_t])
    func aProgramThatOthersMayWriteOrThatIsNoneIsNotRun(mode: mode_t) async throws {
        let window = try FakeWindow("answer allow-once", mode: mode)
        let answer = await desk(window: window).ask(try Questions.make())
        guard case .unavailable = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(window.runs == 0)
    }

    @Test func aPathThatDependsOnTheFolderIsNotRun() {
        #expect(throws: ProgramRefused.self) { try TrustedProgram("usr/bin/env") }
    }

    @Test func aProgramOfRootIsTrusted() {
        #expect(throws: Never.self) { try TrustedProgram("/usr/bin/env") }
    }

    @Test func oneWindowIsShownAtATime() async throws {
        let window = try FakeWindow("sleep 0.3; echo end >>$(dirname $0)/started; answer allow-once")
        let desk = desk(window: window)
        let questions = try (0..<3).map { _ in try Questions.make() }
        let answers = await withTaskGroup(of: ConsentAnswer.self) { group in
            for question in questions { group.addTask { await desk.ask(question) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == [.allowOnce, .allowOnce, .allowOnce])
        #expect(window.lines(of: "started") == ["start", "end", "start", "end", "start", "end"])
    }

    @Test func aWithdrawnQuestionTakesItsWindowAway() async throws {
        let window = try FakeWindow("exec sleep 600")
        let desk = desk(window: window)
        let question = try Questions.make()
        let asked = Task { await desk.ask(question) }
        try await window.starts()
        asked.cancel()
        #expect(await asked.value == .withdrawn)
        #expect(!window.isRunning)
        #expect(await desk.pending().isEmpty)
    }

    @Test func aQuestionThatIsWithdrawnBeforeItsTurnIsNeverShown() async throws {
        let window = try FakeWindow("while [ ! -e $(dirname $0)/go ]; do sleep 0.05; done; answer allow-once")
        let desk = desk(window: window)
        let questions = try (0..<3).map { _ in try Questions.make() }
        var asked: [Task<ConsentAnswer, Never>] = []
        for (index, question) in questions.enumerated() {
            asked.append(Task { await desk.ask(question) })
            while await desk.pending().count <= index { await Task.yield() }
        }
        try await window.starts()
        asked[1].cancel()
        #expect(await asked[1].value == .withdrawn)
        try Data().write(to: URL(filePath: "\(window.folder)/go"))
        #expect(await asked[0].value == .allowOnce)
        #expect(await asked[2].value == .allowOnce)
        #expect(window.runs == 2)
    }

    @Test func tooManyQuestionsAreRefused() async throws {
        let window = try FakeWindow("exec sleep 600")
        let desk = desk(window: window)
        var asked: [Task<ConsentAnswer, Never>] = []
        for index in 0..<8 {
            let question = try Questions.make()
            asked.append(Task { await desk.ask(question) })
            while await desk.pending().count <= index { await Task.yield() }
        }
        let answer = await desk.ask(try Questions.make())
        guard case .unavailable = answer else {
            Issue.record("\(answer)")
            return
        }
        for task in asked { task.cancel() }
        for task in asked { #expect(await task.value == .withdrawn) }
    }
}
