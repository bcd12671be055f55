package import Addresses

/// The tickets that were given out and not used yet.
package struct TicketBook: Sendable {
    /// What a ticket opens, and on which site.
    package struct Entry: Sendable, Hashable {
        package let session: SessionIdentifier
        package let site: SiteOrigin
        /// `nil` for the display.
        package let port: UInt16?
        let expires: ContinuousClock.Instant

        package var use: TicketUse { port == nil ? .display : .port }
    }

    package static let validity: Duration = .seconds(30)
    /// More than a page can use in 30 seconds; the oldest goes first.
    package static let capacity = 256

    private var entries: [Ticket: Entry] = [:]

    package init() {}

    package mutating func issue(
        _ ticket: Ticket, for session: SessionIdentifier, on site: SiteOrigin, port: UInt16?,
        now: ContinuousClock.Instant
    ) {
        entries = entries.filter { $0.value.expires > now }
        if entries.count >= Self.capacity, let oldest = entries.min(by: { $0.value.expires < $1.value.expires }) {
            entries[oldest.key] = nil
        }
        entries[ticket] = Entry(session: session, site: site, port: port, expires: now + Self.validity)
    }

    /// Uses a ticket up, whatever the answer is: a wrong use does not leave it valid.
    ///
    /// `site` is `nil` where our own bridge page asks, which speaks for many.
    package mutating func redeem(
        _ ticket: Ticket, for use: TicketUse, from site: SiteOrigin?, now: ContinuousClock.Instant
    ) -> Entry? {
        guard let entry = entries.removeValue(forKey: ticket) else { return nil }
        guard entry.expires > now, entry.use == use, site == nil || site == entry.site else { return nil }
        return entry
    }

    package mutating func drop(_ session: SessionIdentifier) {
        entries = entries.filter { $0.value.session != session }
    }
}
