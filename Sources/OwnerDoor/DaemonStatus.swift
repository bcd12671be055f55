package import Addresses
package import FoundationEssentials
package import Sessions

/// The daemon and everything that lodges here.
package struct DaemonStatus: Sendable, Hashable, Codable {
    package let version: String
    package let process: Int32
    package let port: UInt16
    package let sessions: [Lodging]
    /// How many questions wait for the owner.
    package let requests: Int
    /// Files of ours that could not be used and were moved out of the way, the oldest first.
    package let setAside: [StrayFile]

    package init(
        version: String, process: Int32, port: UInt16, sessions: [Lodging], requests: Int, setAside: [StrayFile]
    ) {
        self.version = version
        self.process = process
        self.port = port
        self.sessions = sessions
        self.requests = requests
        self.setAside = setAside
    }
}

/// A file that was set aside.
package struct StrayFile: Sendable, Hashable, Codable {
    package let path: String
    /// `damaged` or `newer`.
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}

/// A session as its owner sees it.
package struct Lodging: Sendable, Hashable, Codable {
    package let session: SessionIdentifier
    package let site: SiteOrigin
    package let name: String
    package let state: SessionPhase
    package let reason: SessionReason?
    /// What the running machine is driven by.
    package let accelerator: Accelerator?
    package let cpus: Int
    /// In MiB.
    package let memory: Int
    package let started: Date?
    /// Pages that have it open.
    package let pages: Int
    /// What its guests exchanged with the internet this month, where they have done so at all.
    package let traffic: Traffic?

    package struct Traffic: Sendable, Hashable, Codable {
        /// Such as `2026-11`.
        package let month: String
        /// In bytes, out of the guest.
        package let sent: Int64
        /// In bytes, into it.
        package let received: Int64

        package init(month: String, sent: Int64, received: Int64) {
            self.month = month
            self.sent = sent
            self.received = received
        }
    }

    package init(
        session: SessionIdentifier, site: SiteOrigin, name: String, state: SessionPhase, reason: SessionReason?,
        accelerator: Accelerator?, cpus: Int, memory: Int, started: Date?, pages: Int, traffic: Traffic? = nil
    ) {
        self.session = session
        self.site = site
        self.name = name
        self.state = state
        self.reason = reason
        self.accelerator = accelerator
        self.cpus = cpus
        self.memory = memory
        self.started = started
        self.pages = pages
        self.traffic = traffic
    }
}
