import Addresses
import Storage

/// A site that the owner does not want to be asked about.
struct BlockedSite: Record {
    let site: SiteOrigin

    var identifier: String { Publisher.identifier(of: site) }
}
