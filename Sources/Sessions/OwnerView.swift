package import Addresses
package import FoundationEssentials
package import MachineConfig

/// A session as its owner sees it.
package struct OwnerView: Sendable, Hashable {
    package let summary: SessionSummary
    package let site: SiteOrigin
    package let configuration: MachineConfiguration
    package let machine: MachineIdentifier?
    package let started: Date?
    /// Pages that have it open.
    package let pages: Int
}
