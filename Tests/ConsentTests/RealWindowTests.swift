import Consent
import FoundationEssentials
import Glibc
import Logging
import Sessions
import SystemPackage
import Testing

/// The desk with the real programs, on a virtual screen.
@Suite(.serialized, .enabled(if: Screen.isAvailable)) struct RealWindowTests {
    private let title = "A website asks"

    private func desk(_ screen: Screen, window: FilePath? = Screen.window, zenity: FilePath? = nil) -> ConsentDesk {
        ConsentDesk(
            manner: .automatic, programs: .init(window: window, zenity: zenity), environment: screen.environment,
            audit: nil, logger: Logger(label: "test"))
    }

    /// Asks, and does something meanwhile.
    private func ask(
        _ desk: ConsentDesk, _ question: ConsentQuestion, while act: () async throws -> Void
    ) async throws -> ConsentAnswer {
        let asked = Task { await desk.ask(question) }
        do {
            try await act()
        } catch {
            asked.cancel()
            throw error
        }
        return await asked.value
    }

    @Test func theOwnersPressIsTheAnswer() async throws {
        try await Screen.with { screen in
            let answer = try await ask(desk(screen), try Questions.make(name: "Particle <b>physics</b>")) {
                let texts = try await screen.press("allow-remember")
                #expect(texts.contains("https://project.example.org\n"))
                #expect(texts.contains("“Particle <b>physics</b>”"))
            }
            #expect(answer == .allowAndRemember)
            let second = try await ask(desk(screen), try Questions.make()) {
                try await screen.waitForWindow(title)
                try await screen.key("Return")
            }
            #expect(second == .deny)
        }
    }

    @Test func aKilledWindowIsARefusal() async throws {
        try await Screen.with { screen in
            let answer = try await ask(desk(screen), try Questions.make()) {
                try await screen.waitForWindow(title)
                let process = try await screen.processOfWindow(title)
                #expect(kill(process, SIGKILL) == 0)
            }
            #expect(answer == .deny)
        }
    }

    @Test func aWithdrawnQuestionLeavesNoWindow() async throws {
        try await Screen.with { screen in
            let desk = desk(screen)
            let question = try Questions.make()
            let asked = Task { await desk.ask(question) }
            try await screen.waitForWindow(title)
            let process = try await screen.processOfWindow(title)
            asked.cancel()
            #expect(await asked.value == .withdrawn)
            #expect(kill(process, 0) != 0)
        }
    }

    @Test func aScreenThatIsNotThereIsSaidAtOnce() async throws {
        let desk = ConsentDesk(
            manner: .automatic, programs: .init(window: Screen.window), environment: ["DISPLAY": ":4711", "HOME": "/"],
            audit: nil, logger: Logger(label: "test"))
        let begin = ContinuousClock.now
        #expect(await desk.ask(try Questions.make()) == .unavailable("there is no display"))
        #expect(ContinuousClock.now - begin < .seconds(10))
    }

    @Test func zenitysEnterSaysNo() async throws {
        try await Screen.with { screen in
            let answer = try await ask(desk(screen, window: nil, zenity: "/usr/bin/zenity"), try Questions.make()) {
                try await screen.waitForWindow(title)
                try await screen.key("Return")
            }
            #expect(answer == .deny)
        }
    }

    @Test func zenityAllowsOnceAndShowsTextsLiterally() async throws {
        try await Screen.with { screen in
            let question = try Questions.make(name: #"<b>x</b> \n\101 &amp; \"#, accelerator: .tcg)
            let answer = try await ask(desk(screen, window: nil, zenity: "/usr/bin/zenity"), question) {
                try await screen.waitForWindow(title)
                let texts = try await screen.texts(of: "zenity")
                #expect(texts.contains(#"Name, chosen by the site: “<b>x</b> ∖n∖101 &amp; ∖”"#), "\(texts)")
                #expect(texts.contains("Slow, and less isolated"))
                try await Task.sleep(for: .seconds(2))
                try await screen.key("Tab", "space")
            }
            #expect(answer == .allowOnce)
        }
    }
}
