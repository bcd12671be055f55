package import Addresses

/// Who a connection comes from, as far as a browser says so.
package enum Visitor: Hashable, Sendable, CustomStringConvertible {
    case site(SiteOrigin)
    /// The daemon's own helper window, which speaks for the page that opened it.
    case bridgePage

    package var description: String {
        switch self {
        case .site(let site): site.description
        case .bridgePage: "the helper window"
        }
    }
}
