import Addresses
import FoundationEssentials
import Glibc
import Logging
import MachineConfig
import Sessions
import Storage
import StrictJSON
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Trust

@testable import Bridge

/// A real server before a real broker, whose ports are fakes: a scope for one test.
final class House: Sendable {
    let publisher: FakePublisher
    let host = FakeMachineHost()
    let images = FakeImageStore()
    let owner = FakeConsentAsker()
    let broker: SessionBroker
    let server: BridgeServer

    private static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private init(in folder: FilePath, publisher: FakePublisher, limits: BridgeLimits, developmentSites: Bool) throws {
        self.publisher = publisher
        broker = SessionBroker(
            source: publisher, consent: owner, images: images, host: host,
            records: RecordFolder(folder.appending("sessions")),
            trusted: try TrustBook(
                folder: folder.appending("trust"), registrableDomain: { $0 }, developmentSites: developmentSites),
            limits: OwnerLimits(
                cpus: 2, memory: 1024, diskPerSite: 1 << 30, machinesPerSite: 2, machines: 3, lifetime: 10080),
            rules: BrokerRules(), logger: Self.quiet)
        server = try BridgeServer(
            configuration: .init(port: 0, developmentSites: developmentSites, version: "1.2.3"), limits: limits,
            broker: broker, logger: Self.quiet)
    }

    static func with(
        limits: BridgeLimits = BridgeLimits(), developmentSites: Bool = false, _ body: (House) async throws -> Void
    ) async throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        // What a test leaves behind in a temporary folder is no failure of what it tests.
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let site = try #require(SiteOrigin("https://project.example"))
        let house = try House(
            in: folder, publisher: try FakePublisher(site: site), limits: limits, developmentSites: developmentSites)
        try await house.broker.load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await house.broker.run() }
            group.addTask { await house.server.run() }
            defer {
                house.server.shutdown()
                group.cancelAll()
            }
            try await body(house)
        }
    }

    /// A page that has been greeted.
    func page(origin: String = "https://project.example") async throws -> Page {
        let page = Page(socket: try await WebSocketClient.open("/v1", at: server.port, origin: origin))
        let welcome = try await page.ask(#""request":"hello","version":1,"client":"test""#)
        #expect(welcome["reply"] == .string("hello"))
        return page
    }

    /// The members of a request to open the publisher's configuration.
    var open: String { #""request":"session.open","configuration":"\#(publisher.configurationURL)""# }
}

/// A page's control connection.
final class Page: Sendable {
    typealias Message = [String: JSONValue]

    let socket: WebSocketClient
    private let lastID = Mutex<Int64>(0)
    /// What came while something else was awaited.
    private let aside = Mutex<[Message]>([])

    init(socket: WebSocketClient) { self.socket = socket }

    /// Sends a request, given without its `id`, which is returned.
    @discardableResult
    func send(_ members: String) async -> Int64 {
        let id = lastID.withLock { last in
            last += 1
            return last
        }
        await socket.send(text: #"{"id":\#(id),\#(members)}"#)
        return id
    }

    /// Sends a request and waits for its answer.
    func ask(_ members: String) async throws -> Message { try await answer(to: await send(members)) }

    func answer(to id: Int64) async throws -> Message { try await next { $0["id"] == .integer(id) } }

    func event(_ word: String) async throws -> Message { try await next { $0["event"] == .string(word) } }

    /// The first message that fits, of those that came and those that come.
    func next(_ fits: (Message) -> Bool) async throws -> Message {
        let waiting = aside.withLock { aside -> Message? in
            aside.firstIndex(where: fits).map { aside.remove(at: $0) }
        }
        if let waiting { return waiting }
        while let text = await socket.readText() {
            let message = try #require(try JSONValue(parsing: Array(text.utf8)).object)
            if fits(message) { return message }
            aside.withLock { $0.append(message) }
        }
        throw Gone()
    }

    struct Gone: Error {}
}

extension [String: JSONValue] {
    /// The word of a problem.
    var problem: String? { self["problem"]?.object?["code"]?.string }
    /// Of the session that the message carries.
    var session: String? { self["session"]?.object?["id"]?.string }
    var state: String? { self["session"]?.object?["state"]?.string }
}
