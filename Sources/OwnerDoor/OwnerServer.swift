import FoundationEssentials
import Linux
package import Logging
import Synchronization
package import SystemPackage

/// The owner's door: a socket in the user's own runtime folder, for processes of the same user only.
package struct OwnerServer: Sendable {
    /// Does what the owner asks.
    package typealias Answer = @Sendable (OwnerRequest) async -> OwnerReply

    private let listener: LocalListener
    private let patience: Patience
    private let logger: Logger
    private let answer: Answer

    package struct Patience: Sendable {
        /// For a whole request, and for the next one of the same connection.
        package var reading: Duration = .seconds(10)
        /// For a reply to be taken.
        package var writing: Duration = .seconds(10)
        /// Connections at once.
        package var connections = 16

        package init() {}
    }

    /// In bytes; the longest request has a site's address in it.
    private static let requestLimit = 4096

    /// Begins to listen; the path's folder must exist and be the user's alone.
    package init(
        at path: FilePath, patience: Patience = Patience(), logger: Logger, answer: @escaping Answer
    ) throws(Errno) {
        listener = try LocalListener(at: path)
        self.patience = patience
        self.logger = logger
        self.answer = answer
    }

    /// Serves until cancelled, and returns when every connection has ended.
    package func run() async {
        let open = OpenConnections(limit: patience.connections)
        await withDiscardingTaskGroup { group in
            while await listener.wait() == .ready {
                guard let connection = listener.accept() else {
                    // Out of descriptors, most likely: not to be asked again at once. Cancelling ends the loop above.
                    try? await Task.sleep(for: .milliseconds(100))
                    continue
                }
                guard connection.isOfSameUser else {
                    logger.warning("another user at the owner's door was turned away")
                    continue
                }
                group.addTask {
                    let admitted = open.enter()
                    await serve(connection, admitted: admitted)
                    if admitted { open.leave() }
                }
            }
            listener.withdraw()
        }
    }

    private func serve(_ connection: LocalConnection, admitted: Bool) async {
        var stream = LineStream(connection, limit: Self.requestLimit)
        do throws(LineStream.Failure) {
            guard admitted else {
                let problem = OwnerProblem(.busy, "the daemon is busy with other commands; try again")
                return try await stream.write(OwnerReply.problem(problem), within: .zero)
            }
            while let line = try await stream.read(within: patience.reading) {
                try await stream.write(await reply(to: line), within: patience.writing)
            }
        } catch {
            switch error {
            case .tooLong:
                // The other side hears it or not; either way this connection is over.
                try? await stream.write(OwnerReply.problem(Self.malformed), within: .zero)
            case .timedOut, .cancelled, .broken:
                logger.debug("an owner's command ended early", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func reply(to line: [UInt8]) async -> OwnerReply {
        let request: OwnerRequest
        do {
            request = try OwnerWire.decoder.decode(OwnerRequest.self, from: Data(line))
        } catch {
            return .problem(Self.malformed)
        }
        return await answer(request)
    }

    private static let malformed = OwnerProblem(
        .requestMalformed, "the running daemon does not know this request; is it of another version?")
}

/// How many connections are served now.
private final class OpenConnections: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) { self.limit = limit }

    func enter() -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
