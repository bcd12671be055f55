import Addresses
import Logging
import MachineConfig

/// What is told of sessions, and counted.
extension SessionBroker {
    /// Adds a step to a story; it took the time since the last one, or since `beginning`.
    func tell(
        _ step: StoryStep, of story: SessionIdentifier, _ details: [String: String] = [:],
        since beginning: StoryMoment? = nil, at moment: StoryMoment? = nil
    ) {
        let line = stories.tell(step, of: story, details, since: beginning, at: moment)
        tally.count(line)
        logger.debug("step", metadata: Self.metadata(of: line, story))
    }

    private static func metadata(of line: StoryLine, _ story: SessionIdentifier) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["session": "\(story)", "step": "\(line.step.rawValue)"]
        if let took = line.took { metadata["took"] = "\(took)" }
        for (name, value) in line.details where metadata[name] == nil { metadata[name] = "\(value)" }
        return metadata
    }

    /// What a change of state says by itself.
    func tellStory(of session: SessionIdentifier, from before: SessionState, to state: SessionState) {
        switch (before.phase, state.phase) {
        case (.stopped, .preparing): tell(.startRequested, of: session, Self.details(of: state))
        case (.preparing, .starting): tell(.imagesReady, of: session)
        case (.running, .paused): tell(.paused, of: session, Self.details(of: state))
        case (.paused, .running): tell(.resumed, of: session)
        case (let phase, .stopping) where phase != .stopping: tell(.stopping, of: session, Self.details(of: state))
        default: break
        }
    }

    private static func details(of state: SessionState) -> [String: String] {
        var details: [String: String] = [:]
        if let machine = state.machine { details["machine"] = machine.description }
        if let reason = state.reason { details["reason"] = reason.rawValue }
        return details
    }

    /// Begins the story of a request: how long its page has been here, and what it wants.
    func tellBeginning(of story: SessionIdentifier, over connection: ConnectionIdentifier) {
        guard let known = connections[connection] else { return }
        tell(
            .connected, of: story, ["connection": "\(connection)", "site": "\(known.site)"], since: known.since,
            at: known.since)
        tell(.requested, of: story, since: known.since)
    }

    /// Ends the story of a request that became no session, with the reason.
    func tellRefusal(_ error: SessionError, of story: SessionIdentifier) {
        tell(.refused, of: story, ["reason": error.word])
        if sessions[story] == nil { stories.end(story) }
    }

    /// Watches a stream that is opened for a page.
    func watch(
        _ session: SessionIdentifier, _ details: [String: String], since beginning: StoryMoment
    ) -> StreamWatch {
        let notes = streamNotes.continuation
        return StreamWatch(traffic: traffic, clock: clock) { moment, word in
            notes.yield(
                StreamNote(session: session, details: details, beginning: beginning, moment: moment, word: word))
        }
    }

    /// Tells what streams say of themselves, until cancelled.
    func tellStreams() async {
        for await note in streamNotes.stream where sessions[note.session] != nil {
            switch note.word {
            case .firstByte:
                tell(.firstByte, of: note.session, note.details, since: note.beginning, at: note.moment)
            case .ended(let sent, let received):
                let counts = ["to-page": "\(sent)", "from-page": "\(received)"]
                tell(.streamEnded, of: note.session, note.details.merging(counts) { $1 }, at: note.moment)
            }
        }
    }
}

/// What a stream says of itself, and of which session it is.
struct StreamNote: Sendable {
    let session: SessionIdentifier
    let details: [String: String]
    let beginning: StoryMoment
    let moment: StoryMoment
    let word: StreamWatch.Word
}
