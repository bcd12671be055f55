package import Sessions
package import Synchronization

/// Keeps stories in memory.
package final class FakeJournal: SessionJournal {
    package struct State: Sendable {
        package var sessions: [SessionIdentifier: [StoryLine]] = [:]
        package var refusals: [SessionIdentifier: [StoryLine]] = [:]
    }

    package let state = Mutex(State())

    package init() {}

    package func add(_ lines: [StoryLine], to session: SessionIdentifier, as kind: StoryKind) {
        state.withLock { state in
            switch kind {
            case .session: state.sessions[session, default: []] += lines
            case .refusal: state.refusals[session, default: []] += lines
            }
        }
    }

    package func lines(of session: SessionIdentifier) -> [StoryLine] {
        state.withLock { $0.sessions[session] ?? [] }
    }
}
