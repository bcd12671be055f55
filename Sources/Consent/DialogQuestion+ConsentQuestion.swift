import Addresses
package import ConsentWire
import FoundationEssentials
import MachineConfig
import PublicSuffix
package import Sessions
import Trust

extension DialogQuestion {
    /// What the window shows of a question; every text from outside becomes a harmless line here.
    package init(_ question: ConsentQuestion, timeLimit: Duration) {
        self.init(
            id: question.identifier.description, timeLimit: Int(timeLimit.components.seconds),
            site: SiteAddress(question), identity: Identity(question.identity), machine: Machine(question),
            computer: Computer(
                cpus: question.host.cpus, memory: question.host.memory, emulates: question.host.accelerator == .tcg,
                reason: question.host.reason.map { PlainLine($0) }))
    }
}

extension DialogQuestion.SiteAddress {
    init(_ question: ConsentQuestion) {
        let site = question.site
        let domain = RegistrableDomain(of: site.host).description
        self.init(
            scheme: PlainLine(site.scheme.rawValue), prefix: PlainLine(String(site.host.dropLast(domain.count))),
            domain: PlainLine(domain), port: site.port == site.scheme.defaultPort ? nil : site.port)
    }
}

extension DialogQuestion.Identity {
    init(_ identity: PublisherIdentity) {
        let key = PlainLine(identity.thumbprint.description)
        switch identity {
        case .firstTime: self.init(kind: .firstTime, key: key)
        case .known(_, let since): self.init(kind: .known, key: key, since: DialogQuestion.Day(since))
        case .changed(let before, _):
            self.init(kind: .changed, key: key, previousKey: PlainLine(before.description))
        }
    }
}

extension DialogQuestion.Day {
    init(_ date: Date) {
        let parts = Calendar(identifier: .gregorian).dateComponents([.year, .month, .day], from: date)
        self.init(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
    }
}

extension DialogQuestion.Machine {
    /// The longest name that is shown.
    private static let longestName = 60

    init(_ question: ConsentQuestion) {
        let configuration = question.configuration
        var images: [DialogQuestion.Image] = []
        var seen: Set<SHA256Digest> = []
        for image in configuration.images where seen.insert(image.digest).inserted {
            images.append(DialogQuestion.Image(image))
        }
        self.init(
            name: PlainLine(configuration.name, limit: Self.longestName), cpus: configuration.cpus,
            memory: configuration.memory, download: question.download, diskNow: images.reduce(0) { $0 + $1.size },
            diskAtMost: configuration.diskDemand, images: images, hosts: configuration.hosts.map(Self.line),
            internet: configuration.internet, ports: configuration.ports, display: configuration.display,
            lifetime: configuration.lifetime.minutes, background: configuration.lifetime.background,
            kernelArguments: Self.kernelArguments(of: configuration.boot),
            configuration: PlainLine(question.configurationDigest.description))
    }

    /// The port of https goes without saying.
    private static func line(of host: GuestHost) -> PlainLine {
        host.ports.isEmpty || host.ports == [443]
            ? PlainLine(host.name) : PlainLine("\(host.name):\(host.ports.map(String.init).joined(separator: "+"))")
    }

    private static func kernelArguments(of boot: BootSource) -> PlainLine? {
        guard case .kernel(_, _, let arguments) = boot, !arguments.isEmpty else { return nil }
        return PlainLine(arguments)
    }
}

extension DialogQuestion.Image {
    init(_ image: ImageReference) {
        let origin = image.url.origin
        let port = origin.port == origin.scheme.defaultPort ? "" : ":\(origin.port)"
        self.init(
            origin: PlainLine(origin.host + port), address: PlainLine(image.url.description),
            sha256: PlainLine(image.digest.description), size: image.size)
    }
}
