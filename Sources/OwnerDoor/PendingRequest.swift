package import Addresses
package import FoundationEssentials
package import Sessions

/// A question that waits for the owner.
package struct PendingRequest: Sendable, Hashable, Codable {
    package let consent: ConsentIdentifier
    package let site: SiteOrigin
    package let asked: Date
    /// All that the owner is told before deciding, a line each, of harmless characters only.
    package let lines: [String]

    package init(consent: ConsentIdentifier, site: SiteOrigin, asked: Date, lines: [String]) {
        self.consent = consent
        self.site = site
        self.asked = asked
        self.lines = lines
    }
}
