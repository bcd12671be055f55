package import Addresses
package import Sessions

/// A question that waits for the owner.
package struct PendingRequest: Sendable, Hashable, Codable {
    package let consent: ConsentIdentifier
    package let site: SiteOrigin
    /// How long it has waited, in seconds.
    package let age: Int
    /// All that the owner is told before deciding, a line each, of harmless characters only.
    package let lines: [String]

    package init(consent: ConsentIdentifier, site: SiteOrigin, age: Int, lines: [String]) {
        self.consent = consent
        self.site = site
        self.age = age
        self.lines = lines
    }
}
