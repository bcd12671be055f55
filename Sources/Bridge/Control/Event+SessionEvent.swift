import Sessions
import Wire

extension Event {
    init(_ event: SessionEvent) {
        switch event {
        case .changed(let summary): self = .changed(SessionObject(summary))
        case .forgotten(let session): self = .forgotten(session: WireText(session.description))
        case .progress(let session, let progress):
            self = .progress(
                Progress(
                    session: WireText(session.description), step: Progress.Step(progress.step), bytes: progress.bytes,
                    total: progress.total, rate: progress.rate, remaining: progress.remaining))
        case .consent(.pending(let consent)): self = .consentPending(consent: WireText(consent.description))
        case .consent(.decided(let consent, let allowed)):
            self = .consentDecided(consent: WireText(consent.description), allowed: allowed)
        }
    }
}

extension Event.Progress.Step {
    init(_ step: StepProgress.Step) {
        self =
            switch step {
            case .downloading: .downloading
            case .starting: .starting
            }
    }
}
