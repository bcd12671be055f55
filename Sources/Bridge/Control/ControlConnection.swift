import Addresses
import LWS
import Logging
import Sessions
import Synchronization
import Wire

/// The control connection of one page: its requests go to the broker, the broker's events come back.
///
/// When the page goes away a question to the owner is withdrawn; everything else that it asked for is done to its end.
struct ControlConnection: Sendable {
    private static let version = 1

    let socket: WebSocket
    let broker: SessionBroker
    let gate: Gate
    let limits: BridgeLimits
    let logger: Logger
    /// The daemon's own version.
    let daemon: String
    /// Takes the work that must not end with the connection.
    let errands: AsyncStream<Errand>.Continuation
    private let identifier = ConnectionIdentifier()

    init(
        over socket: WebSocket, broker: SessionBroker, gate: Gate, limits: BridgeLimits, daemon: String, logger: Logger,
        errands: AsyncStream<Errand>.Continuation
    ) {
        self.socket = socket
        self.broker = broker
        self.gate = gate
        self.limits = limits
        self.daemon = daemon
        self.logger = logger
        self.errands = errands
    }

    /// Serves the page until it goes away.
    func run() async {
        guard let site = await greet() else { return }
        await LogContext.with(connection: identifier) { await run(for: site) }
    }

    private func run(for site: SiteOrigin) async {
        let events = await broker.connect(identifier, from: site)
        logger.debug("page connected", metadata: ["site": "\(site)"])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in events { await socket.send(Event(event).encoded) }
                // The broker gave up on a page that lags behind: a new connection tells it where things stand.
                await socket.close(.policyViolation, "too far behind")
            }
            await serve()
            group.cancelAll()
        }
        await broker.disconnect(identifier)
        logger.debug("page disconnected", metadata: ["site": "\(site)"])
    }

    // MARK: The greeting

    /// Waits for `hello` and answers it; `nil` where the page went away before.
    private func greet() async -> SiteOrigin? {
        for await message in socket.messages {
            await socket.taken()
            guard let request = await read(message) else { continue }
            do throws(Problem) {
                let site = try site(of: request)
                let welcome = Reply.Welcome(version: Self.version, daemon: daemon, site: site)
                await socket.send(Reply(id: request.id, answer: .hello(welcome)).encoded)
                return site
            } catch {
                await socket.send(Reply(id: request.id, answer: .problem(error)).encoded)
            }
        }
        return nil
    }

    /// Whom a greeting is from.
    private func site(of request: Request) throws(Problem) -> SiteOrigin {
        guard case .hello(let hello) = request.order else { throw Problem(code: .helloRequired) }
        guard hello.version == Self.version else { throw Problem(code: .versionUnsupported, field: "version") }
        switch (socket.visitor, hello.speakingFor) {
        case (.site(let site), nil): return site
        // Our own page is trusted to pass on what its browser told it, and it speaks for sites of the same kinds.
        case (.bridgePage, let site?) where gate.isAdmitted(site): return site
        case (.site, .some), (.bridgePage, _): throw Problem(code: .requestMalformed, field: "speakingFor")
        }
    }

    // MARK: Requests

    /// Deals with the page's messages to the last, even of a page that has gone by then; returns when all that was begun is done.
    ///
    /// The broker knows the connection until then: what a page asks for as it leaves is done in its name.
    private func serve() async {
        // One token for each request that may be worked on.
        let (tokens, freed) = AsyncStream.makeStream(of: Void.self)
        for _ in 0..<limits.requestsAtOnce { freed.yield() }
        var free = tokens.makeAsyncIterator()
        let underway = Mutex(0)
        let (news, finish) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in socket.life {}
                // Nobody is left to wait for: a question to the owner must not hold up its own end.
                freed.finish()
            }
            for await message in socket.messages {
                guard await free.next() != nil else { break }
                await socket.taken()
                guard let request = await read(message) else {
                    freed.yield()
                    continue
                }
                let work: @Sendable () async -> Void = {
                    // An errand is run by another task, which knows nothing of this connection.
                    let done = await LogContext.with(connection: identifier) { await answer(request.order) }
                    await socket.send(Reply(id: request.id, answer: done).encoded)
                    freed.yield()
                }
                if case .open = request.order {
                    group.addTask { await work() }
                } else {
                    underway.withLock { $0 += 1 }
                    errands.yield(
                        .finish {
                            await work()
                            underway.withLock { $0 -= 1 }
                            finish.yield()
                        })
                }
            }
            group.cancelAll()
        }
        var finished = news.makeAsyncIterator()
        while underway.withLock({ $0 }) > 0, await finished.next() != nil {}
    }

    /// The request that a message is; `nil` where it was none, which has been dealt with.
    private func read(_ message: [UInt8]) async -> Request? {
        do throws(RequestFault) {
            return try Request(decoding: message)
        } catch {
            guard let id = error.id else {
                await socket.close(.requestMalformed, Problem.Code.requestMalformed.rawValue)
                return nil
            }
            let problem =
                switch error.kind {
                case .malformed(let field): Problem(code: .requestMalformed, field: field)
                case .unknownWord: Problem(code: .requestUnknown)
                }
            await socket.send(Reply(id: id, answer: .problem(problem)).encoded)
            return nil
        }
    }

    private func answer(_ order: Request.Order) async -> Reply.Answer {
        do throws(SessionError) {
            return try await perform(order)
        } catch {
            let problem = Problem(error)
            logger.info(
                "request failed",
                metadata: ["request": "\(order.word.rawValue)", "problem": "\(problem.code.rawValue)"])
            if problem.code == .internalError {
                logger.error("internal error", metadata: ["reason": "\(error.forTheLog)"])
            }
            return .problem(problem)
        }
    }

    private func perform(_ order: Request.Order) async throws(SessionError) -> Reply.Answer {
        switch order {
        // A connection speaks for one site, and has said for which.
        case .hello: return .problem(Problem(code: .requestMalformed, field: "request"))
        case .open(let open):
            let request = OpenRequest(
                configuration: open.configuration, resume: open.resume.map { ResumeToken($0.description) })
            let opened = try await broker.open(request, over: identifier)
            return .opened(SessionObject(opened.summary), resume: opened.resume.map { WireText($0.text) })
        case .start(let session):
            return .started(SessionObject(try await broker.start(try known(session), over: identifier)))
        case .pause(let session):
            return .paused(SessionObject(try await broker.pause(try known(session), over: identifier)))
        case .resume(let session):
            return .resumed(SessionObject(try await broker.resume(try known(session), over: identifier)))
        case .stop(let session):
            return .stopped(SessionObject(try await broker.stop(try known(session), over: identifier)))
        case .forget(let session):
            try await broker.forget(try known(session), over: identifier)
            return .forgotten
        case .list:
            return .sessions(try await broker.sessions(over: identifier).map(SessionObject.init))
        case .displayTicket(let session):
            let ticket = try await broker.displayTicket(for: try known(session), over: identifier)
            return .displayTicket(WireText(ticket.description))
        case .portTicket(let session, let port):
            let ticket = try await broker.portTicket(for: try known(session), port: port, over: identifier)
            return .portTicket(WireText(ticket.description))
        }
    }

    /// What cannot be one of our identifiers is no session of anybody.
    private func known(_ text: WireText) throws(SessionError) -> SessionIdentifier {
        guard let session = SessionIdentifier(text.description) else { throw .unknownSession }
        return session
    }
}
