import Libvirt
import Synchronization
import Testing

/// The wrapper on libvirt's own test driver, which lives inside this process and knows one running domain named `test`.
///
/// All connections to it share that domain, until the last one goes away.
@Suite(.serialized) struct LibvirtTests {
    static let testDomain = "6695eb01-f6a4-8304-79aa-97f2502e193f"

    private func connection(
        onLifecycle: @escaping @Sendable (DomainIdentity, LifecycleEvent) -> Void = { _, _ in }
    ) throws -> Connection {
        try Connection(to: "test:///default", onLifecycle: onLifecycle, onClose: {})
    }

    @Test func domainsAreFoundAndDescribed() throws {
        let connection = try connection()
        #expect(connection.isAlive)
        let domains = try connection.activeDomains()
        #expect(domains.compactMap(\.identity).map(\.name) == ["test"])
        #expect(try connection.domain(uuid: Self.testDomain).identity?.uuid == Self.testDomain)
        #expect(try domains.first?.xml().contains("<name>test</name>") == true)
    }

    @Test func pauseAndResumeChangeTheState() throws {
        let domain = try connection().domain(uuid: Self.testDomain)
        #expect(try domain.state() == .running)
        try domain.suspend()
        #expect(try domain.state() == .paused)
        try domain.resume()
        #expect(try domain.state() == .running)
    }

    @Test func aDomainThatIsNotThereHasItsOwnReason() throws {
        let connection = try connection()
        #expect(reason { try connection.domain(uuid: "00000000-0000-4000-8000-000000000000") } == .noDomain)
        let gone = try connection.domain(uuid: Self.testDomain)
        try gone.destroy()
        #expect(try gone.state() == .ending)
        #expect(reason { try gone.suspend() } != nil)
    }

    @Test func anErrorSaysWhichCallFailedAndWhy() throws {
        let connection = try connection()
        do throws(LibvirtError) {
            _ = try connection.create(xml: "<domain type='test'>")
            Issue.record("no error")
        } catch {
            #expect(error.function == "virDomainCreateXML")
            #expect(!error.message.isEmpty)
        }
    }

    @Test func anAddressThatNobodyServesIsAnError() {
        #expect(throws: LibvirtError.self) {
            try Connection(to: "nosuchdriver:///session", onLifecycle: { _, _ in }, onClose: {})
        }
    }

    @Test(.timeLimit(.minutes(1))) func eventsOfALifeComeInOrder() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: LifecycleEvent.self)
        let connection = try connection { identity, event in
            if identity.uuid == Self.testDomain { continuation.yield(event) }
        }
        let domain = try connection.domain(uuid: Self.testDomain)
        try domain.suspend()
        try domain.resume()
        try domain.destroy()
        var seen: [LifecycleEvent] = []
        for await event in events {
            seen.append(event)
            if case .stopped = event { break }
        }
        #expect(seen == [.suspended, .resumed, .stopped(.destroyed)])
    }

    @Test(.timeLimit(.minutes(1))) func aConnectionThatGoesAwayFreesItsHandlers() async throws {
        let freed = Witness()
        do {
            let token = Token(freed)
            _ = try connection { _, _ in withExtendedLifetime(token) {} }
        }
        // The library frees a handler on its own thread, a moment later.
        while !freed.isSet { try await Task.sleep(for: .milliseconds(10)) }
    }

    private func reason<Value>(of body: () throws -> Value) -> LibvirtError.Reason? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? LibvirtError)?.reason
        }
    }
}

private final class Witness: Sendable {
    private let state = Mutex(false)
    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}

private final class Token: Sendable {
    private let witness: Witness
    init(_ witness: Witness) { self.witness = witness }
    deinit { witness.set() }
}
