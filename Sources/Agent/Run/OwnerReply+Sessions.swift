import Consent
import ConsentWire
import Images
import MachineConfig
import OwnerDoor
import Sessions
import Storage
import Trust

extension Lodging {
    init(_ view: OwnerView, traffic: Traffic?) {
        self.init(
            session: view.summary.identifier, site: view.site, name: PlainLine(view.summary.name).description,
            state: view.summary.phase, reason: view.summary.reason, accelerator: view.summary.accelerator,
            cpus: view.configuration.cpus, memory: view.configuration.memory, started: view.started,
            pages: view.pages, traffic: traffic)
    }
}

extension RememberedGrant {
    init(_ grant: Grant) {
        self.init(
            site: grant.site, name: PlainLine(grant.configuration.name).description, cpus: grant.configuration.cpus,
            memory: grant.configuration.memory, key: grant.key, since: grant.since, until: grant.until)
    }
}

extension PendingRequest {
    init(_ question: PendingQuestion) {
        self.init(
            consent: question.identifier, site: question.site, age: Int(question.age.components.seconds),
            lines: question.lines)
    }
}

extension StoredImage {
    init(_ image: CachedImage) {
        self.init(
            digest: image.digest, size: image.size, complete: image.isComplete, sites: image.sites,
            lastUsed: image.lastUsed)
    }
}

extension OwnerProblem {
    init(_ error: SessionError) {
        switch error {
        case .unknownSession: self.init(.sessionUnknown, "there is no such session")
        case .storage(let reason): self.init(.failed, reason.description)
        default: self.init(.failed, "it was not done: \(error)")
        }
    }
}
