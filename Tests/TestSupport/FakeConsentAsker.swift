package import Sessions
package import Synchronization

/// An owner who always says the same, or thinks until the question is withdrawn.
package final class FakeConsentAsker: ConsentAsker {
    package struct State: Sendable {
        /// `nil`: never answers.
        package var answer: ConsentAnswer? = .allowOnce
        package var questions: [ConsentQuestion] = []
        /// Happens while the owner thinks.
        package var meanwhile: (@Sendable () async -> Void)?
    }

    package let state = Mutex(State())

    package init() {}

    package func ask(_ question: ConsentQuestion) async -> ConsentAnswer {
        let (answer, meanwhile) = state.withLock {
            $0.questions.append(question)
            return ($0.answer, $0.meanwhile)
        }
        await meanwhile?()
        if let answer { return answer }
        // Ends with the task that waits.
        try? await Task.sleep(for: .seconds(3600))
        return .withdrawn
    }
}
