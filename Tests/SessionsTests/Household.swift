import Addresses
import FoundationEssentials
import Logging
import MachineConfig
import OpenSSL
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Trust

@testable import Sessions

/// A broker among fakes, in a folder of its own: a scope for one test.
final class Household: Sendable {
    let folder: FilePath
    let site: SiteOrigin
    let publisher: FakePublisher
    let host = FakeMachineHost()
    let images = FakeImageStore()
    let owner = FakeConsentAsker()
    let journal = FakeJournal()
    let broker: SessionBroker

    private init(
        in folder: FilePath, rules: BrokerRules, publisher: FakePublisher,
        adopting: [MachineIdentifier: MachineCondition], clock: StoryClock = .system
    ) throws {
        self.folder = folder
        self.publisher = publisher
        site = publisher.site
        host.state.withLock { $0.machines = adopting }
        broker = SessionBroker(
            source: publisher, consent: owner, images: images, host: host,
            records: RecordFolder(folder.appending("sessions")),
            trusted: try TrustBook(
                folder: folder.appending("trust"), registrableDomain: { $0 }, developmentSites: false),
            limits: OwnerLimits(
                cpus: 2, memory: 1024, diskPerSite: 1 << 30, machinesPerSite: 2, machines: 3, lifetime: 10080),
            rules: rules, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            journal: journal, clock: clock)
    }

    /// Runs a test beside a broker that watches; the folder goes with it.
    static func with(
        rules: BrokerRules = BrokerRules(), clock: StoryClock = .system,
        _ body: (Household) async throws -> Void
    ) async throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        // What a test leaves behind in a temporary folder is no failure of what it tests.
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let site = try #require(SiteOrigin("https://project.example"))
        let household = try Household(
            in: folder, rules: rules, publisher: try FakePublisher(site: site), adopting: [:], clock: clock)
        try await household.live(body)
    }

    /// The same folder after the agent was gone: a new broker, with the machines that are still there.
    func reborn(
        with machines: [MachineIdentifier: MachineCondition], _ body: (Household) async throws -> Void
    ) async throws {
        let next = try Household(in: folder, rules: BrokerRules(), publisher: publisher, adopting: machines)
        try await next.live(body)
    }

    private func live(_ body: (Household) async throws -> Void) async throws {
        try await broker.load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.broker.run() }
            defer { group.cancelAll() }
            try await body(self)
        }
    }

    /// A page of the site.
    func page(of site: SiteOrigin? = nil) async -> Page {
        let connection = ConnectionIdentifier()
        return Page(connection: connection, events: await broker.connect(connection, from: site ?? self.site))
    }

    struct Page {
        let connection: ConnectionIdentifier
        let events: AsyncStream<SessionEvent>
    }

    func open(_ page: Page, resume: ResumeToken? = nil) async throws(SessionError) -> OpenedSession {
        try await broker.open(
            OpenRequest(configuration: publisher.configurationURL, resume: resume), over: page.connection)
    }

    /// Waits until something is so; a test that waits in vain fails after ten seconds.
    func until(_ fact: @Sendable () async -> Bool) async throws {
        for _ in 0..<1000 {
            if await fact() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("waited in vain")
    }

    var questions: Int { owner.state.withLock { $0.questions.count } }

    var lastQuestionSaysChanged: Bool {
        let identity = owner.state.withLock { $0.questions.last?.identity }
        if case .changed? = identity { return true }
        return false
    }
}
