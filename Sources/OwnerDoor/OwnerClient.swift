import FoundationEssentials
import Linux
package import SystemPackage

/// The other end of the owner's door: one request to the running daemon.
package enum OwnerClient {
    package enum Failure: Error, Sendable, Hashable {
        /// Nobody listens.
        case noDaemon
        /// Another user listens there.
        case strange
        /// No reply, or one that is none; the sentence says more.
        case noReply(String)
        case refused(OwnerProblem)
    }

    /// In bytes; lists are long.
    private static let replyLimit = 8 << 20

    /// Sends the request and returns the daemon's reply, which is never a problem.
    package static func send(
        _ request: OwnerRequest, to path: FilePath, patience: Duration = .seconds(120)
    ) async throws(Failure) -> OwnerReply {
        let connection = try connect(to: path)
        guard connection.isOfSameUser else { throw .strange }
        var stream = LineStream(connection, limit: replyLimit)
        let line: [UInt8]?
        do throws(LineStream.Failure) {
            try await stream.write(request, within: .seconds(10))
            line = try await stream.read(within: patience)
        } catch {
            throw .noReply("\(error)")
        }
        guard let line else { throw .noReply("it closed the connection") }
        let reply: OwnerReply
        do {
            reply = try OwnerWire.decoder.decode(OwnerReply.self, from: Data(line))
        } catch {
            throw .noReply("it is of another version")
        }
        if case .problem(let problem) = reply { throw .refused(problem) }
        return reply
    }

    private static func connect(to path: FilePath) throws(Failure) -> LocalConnection {
        do throws(Errno) {
            return try LocalConnection(to: path, timeout: .seconds(5))
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .connectionRefused: throw .noDaemon
            default: throw .noReply("\(error)")
            }
        }
    }
}
