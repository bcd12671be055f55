import Addresses
import Logging
import MachineConfig
import Trust

extension SessionBroker {
    /// Finds a session again, or opens one: fetch, verify, limits, consent.
    ///
    /// A token of a session that lives finds it without a question. Cancelling withdraws the owner's question.
    package func open(
        _ request: OpenRequest, over connection: ConnectionIdentifier
    ) async throws(SessionError) -> OpenedSession {
        let site = try site(of: connection)
        let token = request.resume.map(TokenHash.init)
        let shown = token.flatMap { token in
            sessions.values.first { $0.record.site == site && $0.record.tokens.contains(token) }?.record
        }
        // What is no session yet has a name already, by which its story and the log know it.
        let story = shown?.session ?? SessionIdentifier()
        if shown == nil { stories.holdBack(story) }
        tellBeginning(of: story, over: connection)
        let wish = Wish(
            source: request.configuration, format: request.format, site: site, connection: connection, shown: shown,
            story: story)
        return try await LogContext.with(session: story) { () async throws(SessionError) in
            try await self.open(wish, token: token)
        }
    }

    private func open(_ wish: Wish, token: TokenHash?) async throws(SessionError) -> OpenedSession {
        do throws(SessionError) {
            if trusted.isBlocked(wish.site) { throw SessionError.siteBlocked }
            if let found = try await find(wish) { return found }
            return try admit(try await authorise(wish), for: wish, token: token)
        } catch {
            tellRefusal(error, of: wish.story)
            throw error
        }
    }

    /// The session whose token was shown, where it lives and the page means it.
    private func find(_ wish: Wish) async throws(SessionError) -> OpenedSession? {
        guard let shown = wish.shown, shown.source == wish.source else { return nil }
        try await settle()
        guard let session = sessions[shown.session], session.state.phase != .stopped else { return nil }
        attach(wish.connection, to: shown.session)
        return OpenedSession(summary: session.summary, resume: nil)
    }

    /// Makes or renews the session that the owner agreed to.
    private func admit(
        _ permission: Permission, for wish: Wish, token: TokenHash?
    ) throws(SessionError) -> OpenedSession {
        let name = permission.verified.configuration.name
        let known = sessions.values.first { $0.record.site == wish.site && $0.record.configuration.name == name }
        let session = known?.record.session ?? SessionIdentifier()
        if known == nil {
            try add(record(for: permission, as: session, of: wish))
        } else if known?.state.phase == .stopped {
            try renew(session, by: permission, from: wish.source)
        }
        let proof = permission.verified.token
        let fresh = permission.consent == nil || proof != nil ? nil : ResumeToken.random()
        if let hash = proof ?? fresh.map(TokenHash.init) ?? token {
            try change(session) { record in
                if !record.tokens.contains(hash) { record.add(hash) }
            }
        }
        sessions[session]?.verified = .now
        stories.settle(wish.story, as: session)
        tell(.opened, of: session, ["known": "\(known != nil)"])
        attach(wish.connection, to: session)
        logger.info(
            "session opened",
            metadata: ["session": "\(session)", "site": "\(wish.site)", "requested-as": "\(wish.story)"])
        return OpenedSession(summary: try summary(of: session), resume: fresh, verified: permission.verified)
    }

    private func record(
        for permission: Permission, as session: SessionIdentifier, of wish: Wish
    ) -> SessionRecord {
        SessionRecord(
            session: session, site: wish.site, source: wish.source, format: wish.format,
            configuration: permission.verified.configuration,
            key: permission.verified.key, consent: permission.consent ?? .remembered, tokens: [])
    }

    private func renew(
        _ session: SessionIdentifier, by permission: Permission, from source: SecureURL
    ) throws(SessionError) {
        try change(session) { record in
            record.source = source
            record.configuration = permission.verified.configuration
            record.key = permission.verified.key
            if let consent = permission.consent { record.consent = consent }
        }
    }

    /// Before a start: what was agreed to must be recent, and not be used up.
    func authoriseAgain(
        _ session: SessionIdentifier, over connection: ConnectionIdentifier
    ) async throws(SessionError) {
        guard let current = sessions[session] else { throw .unknownSession }
        let fresh = current.verified.map { $0.duration(to: .now) < rules.freshness } ?? false
        if fresh, current.record.consent != .spent { return }
        let wish = Wish(
            source: current.record.source, format: current.record.format ?? .jws, site: current.record.site,
            connection: connection, shown: current.record, story: session)
        let permission = try await authorise(wish)
        guard permission.verified.configuration.name == current.record.configuration.name else {
            throw .trust(
                .configuration(ConfigurationFault(field: "name", reason: "must stay the same for a session")))
        }
        try renew(session, by: permission, from: wish.source)
        sessions[session]?.verified = .now
        publish(session)
    }
}
