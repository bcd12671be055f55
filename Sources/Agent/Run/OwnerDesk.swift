import Addresses
import Consent
import ConsentWire
import FoundationEssentials
import Images
import Journal
import Linux
import MachineConfig
import OwnerDoor
import Sessions
import Storage
import SystemPackage
import Traffic

/// Does what the owner asks for at the door, whichever part it takes.
struct OwnerDesk: Sendable {
    let broker: SessionBroker
    let questions: ConsentDesk
    let images: ImageCache
    let traffic: TrafficBook
    let port: UInt16
    let folders: Folders
    let journal: FileJournal

    func answer(_ request: OwnerRequest) async -> OwnerReply {
        do throws(OwnerProblem) {
            return try await perform(request)
        } catch {
            return .problem(error)
        }
    }

    private func perform(_ request: OwnerRequest) async throws(OwnerProblem) -> OwnerReply {
        switch request {
        case .status: return .status(await status())
        case .stop(let session): try await order { () throws(SessionError) in try await broker.stopByOwner(session) }
        case .stopAll: try await order { () throws(SessionError) in try await broker.stopAllByOwner() }
        case .grants: return .grants(await grants())
        case .revoke(let site):
            try await order { () throws(SessionError) in try await broker.revoke(site) }
            await questions.record(.revoked, of: site)
        case .block(let site):
            try await order { () throws(SessionError) in try await broker.block(site) }
            await questions.record(.blocked, of: site)
        case .unblock(let site):
            try await order { () throws(SessionError) in try await broker.unblock(site) }
            await questions.record(.unblocked, of: site)
        case .requests: return .requests(await questions.pending().map(PendingRequest.init))
        case .approve(let consent, let remember):
            try await answer(remember ? .allowAndRemember : .allowOnce, to: consent)
        case .deny(let consent): try await answer(.deny, to: consent)
        case .images: return .images(try await storedImages())
        case .removeImage(let digest): try await remove(digest)
        case .stories:
            return .stories(await OwnThread.run { [journal] in journal.stories().compactMap(StoryHead.init) })
        case .story(let text): return .story(try await story(text))
        case .metrics: return .metrics(await MetricsText(of: broker).description)
        }
        return .done
    }

    private func status() async -> DaemonStatus {
        let sessions = await broker.overview().map { Lodging($0, traffic: traffic(of: $0.summary.identifier)) }
        return DaemonStatus(
            version: Version.current, process: ThisProcess.identifier, port: port, sessions: sessions,
            requests: await questions.pending().count, setAside: await setAside())
    }

    private func setAside() async -> [StrayFile] {
        let files = await OwnThread.run { [folders] in
            SetAside.all(under: folders.state) + SetAside.all(under: folders.cache)
        }
        return files.map { StrayFile(path: $0.path.string, reason: $0.reason.rawValue) }
    }

    private func traffic(of session: SessionIdentifier) -> Lodging.Traffic? {
        // A count that cannot be read must not hide the sessions.
        guard let account = try? traffic.account(of: session.description), !account.months.isEmpty else { return nil }
        let now = Date()
        let amount = account.amount(at: now)
        return Lodging.Traffic(
            month: TrafficAccount.month(of: now), sent: amount.sent, received: amount.received)
    }

    private func grants() async -> GrantList {
        GrantList(grants: await broker.grants().map(RememberedGrant.init), blocked: await broker.blockedSites())
    }

    private func order(_ body: () async throws(SessionError) -> Void) async throws(OwnerProblem) {
        do throws(SessionError) {
            try await body()
        } catch {
            throw OwnerProblem(error)
        }
    }

    private func answer(_ answer: ConsentAnswer, to consent: ConsentIdentifier) async throws(OwnerProblem) {
        guard await questions.answer(consent, answer) else {
            throw OwnerProblem(.consentUnknown, "that question does not wait any more")
        }
    }

    private func story(_ text: String) async throws(OwnerProblem) -> Story {
        let beginning = text.lowercased()
        guard (4...36).contains(beginning.utf8.count) else {
            throw OwnerProblem(.storyUnknown, "name the session or machine by four characters or more")
        }
        let found = await OwnThread.run { [journal] in journal.stories(beginningWith: beginning) }
        guard let story = found.first else {
            throw OwnerProblem(.storyUnknown, "no story of a session or machine begins with \(beginning)")
        }
        guard found.count == 1 else {
            throw OwnerProblem(.storyUnknown, "more than one story begins with \(beginning)")
        }
        return story
    }

    private func storedImages() async throws(OwnerProblem) -> [StoredImage] {
        do throws(StorageError) {
            return try await images.images().map(StoredImage.init)
        } catch {
            throw OwnerProblem(.failed, error.description)
        }
    }

    private func remove(_ digest: SHA256Digest) async throws(OwnerProblem) {
        let running = await broker.overview().filter { $0.machine != nil }
        do throws(ImageRemovalError) {
            try await images.remove(digest, inUse: Set(running.flatMap { $0.configuration.images.map(\.digest) }))
        } catch {
            switch error {
            case .unknownImage: throw OwnerProblem(.imageUnknown, "there is no such image")
            case .inUse: throw OwnerProblem(.imageInUse, "a machine needs that image; stop it first: lodger status")
            case .failed(let reason): throw OwnerProblem(.failed, reason)
            }
        }
    }
}
