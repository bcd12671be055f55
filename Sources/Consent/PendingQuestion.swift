package import Addresses
package import Sessions

/// A question that waits for the owner, as the command line lists it.
package struct PendingQuestion: Sendable, Hashable {
    package let identifier: ConsentIdentifier
    package let site: SiteOrigin
    /// What the window shows, as plain lines.
    package let lines: [String]
    package let age: Duration
}
