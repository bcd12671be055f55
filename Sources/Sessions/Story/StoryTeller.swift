/// Tells the journal what happens to sessions, and knows how long each step took.
///
/// What a request goes through before it is a session is held back until it is one, or is refused.
struct StoryTeller: Sendable {
    private let journal: any SessionJournal
    private let clock: StoryClock
    /// When the last step of a story was.
    private var last: [SessionIdentifier: Duration] = [:]
    private var heldBack: [SessionIdentifier: [StoryLine]] = [:]

    init(journal: any SessionJournal, clock: StoryClock) {
        self.journal = journal
        self.clock = clock
    }

    /// Adds a step; it took the time since the last one, or since `beginning`.
    @discardableResult
    mutating func tell(
        _ step: StoryStep, of story: SessionIdentifier, _ details: [String: String] = [:],
        since beginning: StoryMoment? = nil,
        at moment: StoryMoment? = nil
    ) -> StoryLine {
        let moment = moment ?? clock.moment
        let from = beginning?.elapsed ?? last[story]
        let line = StoryLine(
            time: moment.time, took: from.map { max(.zero, moment.elapsed - $0).milliseconds }, step: step,
            details: details)
        last[story] = moment.elapsed
        if heldBack[story] != nil {
            heldBack[story]?.append(line)
        } else {
            journal.add([line], to: story, as: .session)
        }
        return line
    }

    /// Holds a story back until it is settled.
    mutating func holdBack(_ story: SessionIdentifier) { heldBack[story] = [] }

    /// The story is this session's.
    mutating func settle(_ story: SessionIdentifier, as session: SessionIdentifier) {
        guard let lines = heldBack.removeValue(forKey: story) else { return }
        journal.add(lines, to: session, as: .session)
        last[session] = last.removeValue(forKey: story)
    }

    /// The story ends here; one that was held back became no session.
    mutating func end(_ story: SessionIdentifier) {
        last[story] = nil
        if let lines = heldBack.removeValue(forKey: story) { journal.add(lines, to: story, as: .refusal) }
    }
}
