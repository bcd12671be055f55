package import Addresses
import Storage
package import Trust

/// What only the owner of this computer may do.
extension SessionBroker {
    package func overview() -> [OwnerView] {
        sessions.values
            .map { session in
                OwnerView(
                    summary: session.summary, site: session.record.site, configuration: session.record.configuration,
                    machine: session.state.machine, started: session.record.started, pages: session.attached.count)
            }
            .sorted { ($0.site.description, $0.summary.name) < ($1.site.description, $1.summary.name) }
    }

    /// The power button first, then off.
    package func stopByOwner(_ session: SessionIdentifier) async throws(SessionError) {
        try await settle()
        guard sessions[session] != nil else { throw .unknownSession }
        await end(session, because: .stoppedByOwner, gently: true)
    }

    package func stopAllByOwner() async throws(SessionError) {
        try await settle()
        await endAll(because: .stoppedByOwner, gently: true) { _ in true }
    }

    package func grants() -> [Grant] { trusted.grants() }

    /// Takes back all that a site was granted, stops its machines and makes its pages' tokens worthless.
    package func revoke(_ site: SiteOrigin) async throws(SessionError) {
        try storing { () throws(StorageError) in try trusted.revoke(site) }
        try await endAndForget(site)
    }

    /// As `revoke`, and the site is not even asked about any more.
    package func block(_ site: SiteOrigin) async throws(SessionError) {
        try storing { () throws(StorageError) in try trusted.block(site) }
        try await endAndForget(site)
    }

    package func unblock(_ site: SiteOrigin) throws(SessionError) {
        try storing { () throws(StorageError) in try trusted.unblock(site) }
    }

    package func blockedSites() -> [SiteOrigin] { trusted.blockedSites() }

    private func endAndForget(_ site: SiteOrigin) async throws(SessionError) {
        try await settle()
        await endAll(because: .siteRevoked, gently: false) { $0.record.site == site }
        for session in sessions.values where session.record.site == site { try remove(session.record.session) }
    }

    private func endAll(
        because reason: SessionReason, gently: Bool, where chosen: (Session) -> Bool
    ) async {
        let ending = sessions.values.filter(chosen).map(\.record.session)
        await withDiscardingTaskGroup { group in
            for session in ending {
                group.addTask { await self.end(session, because: reason, gently: gently) }
            }
        }
    }
}
