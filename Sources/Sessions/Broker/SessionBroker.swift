import Addresses
import FoundationEssentials
package import Logging
package import MachineConfig
package import Storage
package import Trust

/// Everything between a page's wish and a machine: fetch, verify, limits, consent, images, start.
///
/// One for each owner. Whoever makes it loads what was kept (`load`), lets it watch (`run`) and hands it requests.
package actor SessionBroker {
    let source: any ConfigurationSource
    let consent: any ConsentAsker
    let images: any ImageStore
    let host: any MachineHost
    let limits: OwnerLimits
    let rules: BrokerRules
    let logger: Logger
    private let records: RecordFolder<SessionRecord>

    var trusted: TrustBook
    var sessions: [SessionIdentifier: Session] = [:]
    var connections: [ConnectionIdentifier: Connection] = [:]
    var tickets = TicketBook()
    /// Sites whose question is with the owner.
    var asking: Set<SiteOrigin> = []
    var fetches = FetchBudget()
    let clock: StoryClock
    var stories: StoryTeller
    var tally = Tally()
    let traffic = StreamCounts()

    enum Adoption {
        case pending
        case running
        case done
    }

    /// Moments of which there is one kind only.
    enum Now: Hashable, Sendable {
        case now
    }

    var adoption = Adoption.pending
    var adopted = Moments<Now>()
    var deadlinesChanged = Moments<Now>()
    /// Machines that did not end when they should have.
    var unended: Set<MachineIdentifier> = []
    var unendedFound = Moments<Now>()
    /// A session's machine has ended and nothing of it is left.
    var endings = Moments<SessionIdentifier>()
    /// A session's start is not wanted any more.
    var abandonedStarts = Moments<SessionIdentifier>()
    let progress = AsyncStream.makeStream(
        of: (SessionIdentifier, StepProgress).self, bufferingPolicy: .bufferingNewest(64))
    let streamNotes = AsyncStream.makeStream(of: StreamNote.self, bufferingPolicy: .bufferingNewest(256))

    package init(
        source: any ConfigurationSource, consent: any ConsentAsker, images: any ImageStore, host: any MachineHost,
        records: RecordFolder<SessionRecord>, trusted: TrustBook, limits: OwnerLimits, rules: BrokerRules,
        logger: Logger, journal: any SessionJournal = NoJournal(), clock: StoryClock = .system
    ) {
        self.clock = clock
        stories = StoryTeller(journal: journal, clock: clock)
        self.source = source
        self.consent = consent
        self.images = images
        self.host = host
        self.records = records
        self.trusted = trusted
        self.limits = limits
        self.rules = rules
        self.logger = logger
    }

    /// Reads what was kept of earlier sessions; before the first request.
    package func load() throws(SessionError) {
        let kept = try storing { () throws(StorageError) in try records.load() }
        for file in kept.setAside { logger.error("state set aside", metadata: file.metadata) }
        for record in kept.records {
            sessions[record.session] = Session(record: record, state: SessionState(stopped: record.reason))
        }
    }

    func summary(of session: SessionIdentifier) throws(SessionError) -> SessionSummary {
        guard let summary = sessions[session]?.summary else { throw .unknownSession }
        return summary
    }

    /// Takes an event into a session's state, tells its pages and says what is to be done.
    func handle(_ event: SessionState.Event, on session: SessionIdentifier) -> SessionState.Action {
        guard var state = sessions[session]?.state else { return .refuse }
        let before = state
        let action = state.handle(event)
        sessions[session]?.state = state
        tellStory(of: session, from: before, to: state)
        // The end is told when nothing is left, by the one who cleans up.
        if state != before, action != .cleanUp { publish(session) }
        return action
    }

    /// Takes an event that is only right in some phases.
    func act(
        _ event: SessionState.Event, on session: SessionIdentifier, expecting action: SessionState.Action
    ) throws(SessionError) {
        let phase = sessions[session]?.state.phase ?? .stopped
        switch handle(event, on: session) {
        case action: return
        case .giveUpStart: throw .cancelled
        default: throw .wrongPhase(phase)
        }
    }

    /// Changes what is kept of a session, on disk before in memory.
    func change(
        _ session: SessionIdentifier, _ body: (inout SessionRecord) -> Void
    ) throws(SessionError) {
        guard var record = sessions[session]?.record else { throw .unknownSession }
        body(&record)
        try storing { () throws(StorageError) in try records.save(record) }
        sessions[session]?.record = record
    }

    func add(_ record: SessionRecord) throws(SessionError) {
        try storing { () throws(StorageError) in try records.save(record) }
        sessions[record.session] = Session(record: record, state: SessionState())
    }

    func remove(_ session: SessionIdentifier) throws(SessionError) {
        try storing { () throws(StorageError) in try records.remove(session.description) }
        tickets.drop(session)
        tell(session, .forgotten(session))
        sessions[session] = nil
        tell(.forgotten, of: session)
        stories.end(session)
    }

    /// Refuses a start over the owner's limits, beside what runs by now.
    func checkLimits(of session: SessionIdentifier) throws(SessionError) {
        guard let record = sessions[session]?.record else { throw .unknownSession }
        try check(record.configuration, of: record.site, except: session)
    }

    func check(
        _ configuration: MachineConfiguration, of site: SiteOrigin, except session: SessionIdentifier?
    ) throws(SessionError) {
        let others = sessions.values.filter { $0.state.phase != .stopped && $0.record.session != session }
        let usage = OwnerLimits.Usage(
            machinesOfSite: others.count { $0.record.site == site }, machines: others.count)
        do {
            try limits.check(configuration, beside: usage)
        } catch {
            throw .limit(error)
        }
    }

    func storing<Value>(_ body: () throws(StorageError) -> Value) throws(SessionError) -> Value {
        do {
            return try body()
        } catch {
            throw .storage(error)
        }
    }
}
