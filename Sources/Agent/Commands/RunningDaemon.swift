import FoundationEssentials
import Linux
import OwnerDoor
import Sessions
import SystemPackage

/// The daemon of this user, as the owner's commands reach it.
enum RunningDaemon {
    /// Lists come at once; what stops machines waits for them.
    static func ask(
        _ request: OwnerRequest, patience: Duration = .seconds(20)
    ) async throws(Failure) -> OwnerReply {
        let folders = try Folders(environment: ProcessInfo.processInfo.environment, user: ThisProcess.user)
        do throws(OwnerClient.Failure) {
            return try await OwnerClient.send(request, to: folders.ownerSocket, patience: patience)
        } catch {
            throw Failure(error, at: folders.ownerSocket)
        }
    }

    /// Asks for something that has no answer but that it was done.
    static func tell(_ request: OwnerRequest) async throws(Failure) {
        guard case .done = try await ask(request, patience: .seconds(180)) else { throw Failure.strangeReply }
    }

    static func status() async throws(Failure) -> DaemonStatus {
        guard case .status(let status) = try await ask(.status) else { throw Failure.strangeReply }
        return status
    }

    static func requests() async throws(Failure) -> [PendingRequest] {
        guard case .requests(let requests) = try await ask(.requests) else { throw Failure.strangeReply }
        return requests
    }

    static func images() async throws(Failure) -> [StoredImage] {
        guard case .images(let images) = try await ask(.images) else { throw Failure.strangeReply }
        return images
    }

    /// The one of some identifiers that begins with what the owner typed.
    static func only<Identifier: CustomStringConvertible>(
        of known: [Identifier], beginningWith text: String, called kind: String
    ) throws(Failure) -> Identifier {
        let fitting = known.filter { $0.description.hasPrefix(text.lowercased()) }
        guard text.count >= 4, let first = fitting.first else {
            throw Failure("there is no such \(kind): \(text)")
        }
        guard fitting.count == 1 else { throw Failure("more than one \(kind) begins with \(text)") }
        return first
    }
}

extension Failure {
    static let strangeReply = Failure("the running daemon is of another version; restart it")

    init(_ failure: OwnerClient.Failure, at path: FilePath) {
        self =
            switch failure {
            case .noDaemon: Failure(.noDaemon, "the daemon does not run; start it with: lodger run")
            case .strange: Failure("another user listens at \(path)")
            case .noReply(let reason): Failure("the daemon did not answer: \(reason)")
            case .refused(let problem): Failure(problem.message)
            }
    }
}
