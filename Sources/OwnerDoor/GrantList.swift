package import Addresses
package import FoundationEssentials
package import Trust

/// What the owner has allowed for some time, and whom not to be asked about.
package struct GrantList: Sendable, Hashable, Codable {
    package let grants: [RememberedGrant]
    package let blocked: [SiteOrigin]

    package init(grants: [RememberedGrant], blocked: [SiteOrigin]) {
        self.grants = grants
        self.blocked = blocked
    }
}

/// A machine that a site may start without a question.
package struct RememberedGrant: Sendable, Hashable, Codable {
    package let site: SiteOrigin
    package let name: String
    package let cpus: Int
    /// In MiB.
    package let memory: Int
    package let key: KeyThumbprint
    package let since: Date
    package let until: Date

    package init(
        site: SiteOrigin, name: String, cpus: Int, memory: Int, key: KeyThumbprint, since: Date, until: Date
    ) {
        self.site = site
        self.name = name
        self.cpus = cpus
        self.memory = memory
        self.key = key
        self.since = since
        self.until = until
    }
}
