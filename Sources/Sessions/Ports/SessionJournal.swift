/// Where the stories of sessions are kept: the port that files fill.
package protocol SessionJournal: Sendable {
    /// Adds lines to a story, and begins it where there is none; what cannot be kept is no failure of the session.
    func add(_ lines: [StoryLine], to session: SessionIdentifier, as kind: StoryKind)
}

/// Whose story it is.
package enum StoryKind: Sendable, Hashable {
    case session
    /// Of a request that never became a session; such stories must not crowd out those of sessions.
    case refusal
}

/// Keeps nothing.
package struct NoJournal: SessionJournal {
    package init() {}

    package func add(_ lines: [StoryLine], to session: SessionIdentifier, as kind: StoryKind) {}
}
