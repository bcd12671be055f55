/// What the daemon asks the dialog to show: facts only, the wording is the dialog's.
package struct DialogQuestion: Codable, Hashable, Sendable {
    /// The version of this form; a dialog that does not know it says that it is unavailable.
    package static let currentVersion = 2

    package let version: Int
    /// The answer repeats it.
    package let id: String
    /// In seconds; after them the answer is no.
    package let timeLimit: Int
    package let site: SiteAddress
    package let identity: Identity
    package let machine: Machine
    package let computer: Computer

    package init(
        id: String, timeLimit: Int, site: SiteAddress, identity: Identity, machine: Machine, computer: Computer
    ) {
        version = Self.currentVersion
        self.id = id
        self.timeLimit = timeLimit
        self.site = site
        self.identity = identity
        self.machine = machine
        self.computer = computer
    }

    /// A site's origin, cut so that the part its owner has registered can be emphasised.
    package struct SiteAddress: Codable, Hashable, Sendable {
        /// `https` or, for a development site, `http`.
        package let scheme: PlainLine
        /// What stands before the registrable domain, with its last dot; often empty.
        package let prefix: PlainLine
        package let domain: PlainLine
        /// Where it is not the scheme's own.
        package let port: UInt16?

        package init(scheme: PlainLine, prefix: PlainLine, domain: PlainLine, port: UInt16?) {
            self.scheme = scheme
            self.prefix = prefix
            self.domain = domain
            self.port = port
        }

        package var isDevelopmentSite: Bool { scheme.description == "http" }

        package var host: String { "\(prefix)\(domain)" }

        package var text: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }
    }

    /// What is known of the key that signed.
    package struct Identity: Codable, Hashable, Sendable {
        package let kind: Kind
        package let key: PlainLine
        /// The key of before, where it changed.
        package let previousKey: PlainLine?
        /// The day on which the key was first seen, where it is known.
        package let since: Day?

        package enum Kind: String, Codable, Sendable {
            case firstTime = "first-time"
            case known
            case changed
        }

        package init(kind: Kind, key: PlainLine, previousKey: PlainLine? = nil, since: Day? = nil) {
            self.kind = kind
            self.key = key
            self.previousKey = previousKey
            self.since = since
        }
    }

    package struct Day: Codable, Hashable, Sendable {
        package let year: Int
        /// From 1 to 12.
        package let month: Int
        package let day: Int

        package init(year: Int, month: Int, day: Int) {
            self.year = year
            self.month = month
            self.day = day
        }
    }

    /// What the owner gives away, and what runs.
    package struct Machine: Codable, Hashable, Sendable {
        /// Chosen by the site.
        package var name: PlainLine
        package var cpus: Int
        /// In MiB.
        package var memory: Int
        /// What is not on this computer yet, in bytes.
        package var download: Int64
        /// In bytes, right after the start and at the most.
        package var diskNow: Int64
        package var diskAtMost: Int64
        package var images: [Image]
        /// What the guest may reach, each with its ports.
        package var hosts: [PlainLine]
        /// Whether it may reach all of the internet.
        package var internet: Bool
        /// Ports of the guest that the page may reach.
        package var ports: [UInt16]
        package var display: Bool
        /// In minutes.
        package var lifetime: Int
        /// Whether it goes on without a page.
        package var background: Bool
        /// What the site tells the guest's kernel.
        package var kernelArguments: PlainLine?
        /// SHA-256 of the configuration, in hexadecimal digits.
        package var configuration: PlainLine

        package init(
            name: PlainLine, cpus: Int, memory: Int, download: Int64, diskNow: Int64, diskAtMost: Int64,
            images: [Image], hosts: [PlainLine], internet: Bool, ports: [UInt16], display: Bool, lifetime: Int,
            background: Bool, kernelArguments: PlainLine?, configuration: PlainLine
        ) {
            self.name = name
            self.cpus = cpus
            self.memory = memory
            self.download = download
            self.diskNow = diskNow
            self.diskAtMost = diskAtMost
            self.images = images
            self.hosts = hosts
            self.internet = internet
            self.ports = ports
            self.display = display
            self.lifetime = lifetime
            self.background = background
            self.kernelArguments = kernelArguments
            self.configuration = configuration
        }
    }

    package struct Image: Codable, Hashable, Sendable {
        /// Where it comes from: scheme, host and port.
        package let origin: PlainLine
        package let address: PlainLine
        /// In hexadecimal digits.
        package let sha256: PlainLine
        /// In bytes.
        package let size: Int64

        package init(origin: PlainLine, address: PlainLine, sha256: PlainLine, size: Int64) {
            self.origin = origin
            self.address = address
            self.sha256 = sha256
            self.size = size
        }
    }

    package struct Computer: Codable, Hashable, Sendable {
        package let cpus: Int
        /// In MiB.
        package let memory: Int
        /// Whether machines run in software only: slow, and less isolated.
        package let emulates: Bool
        /// Why it does.
        package let reason: PlainLine?

        package init(cpus: Int, memory: Int, emulates: Bool, reason: PlainLine?) {
            self.cpus = cpus
            self.memory = memory
            self.emulates = emulates
            self.reason = reason
        }
    }
}
