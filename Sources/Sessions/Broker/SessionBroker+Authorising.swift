import Addresses
import FoundationEssentials
import Logging
import MachineConfig
import Storage
import Trust

/// What a page wants, and what it has shown of an earlier time.
struct Wish {
    let source: SecureURL
    let format: ConfigurationFormat
    let site: SiteOrigin
    let connection: ConnectionIdentifier
    /// The session whose token the page holds.
    var shown: SessionRecord?
    /// Under which name its story is told.
    let story: SessionIdentifier
}

/// A configuration that may run.
struct Permission {
    let verified: VerifiedConfiguration
    /// What the owner just said; `nil` where an earlier yes covers it.
    let consent: SessionRecord.Consent?
}

extension SessionBroker {
    /// Fetch, verify, limits, consent: a refusal at any step ends it.
    func authorise(_ wanted: Wish) async throws(SessionError) -> Permission {
        var wish = wanted
        let now = Date()
        if wish.shown == nil, let seconds = trusted.coolDown(of: wish.site, now: now) {
            throw .coolingDown(seconds: seconds)
        }
        if let seconds = fetches.take(for: wish.site, now: now) { throw .coolingDown(seconds: seconds) }
        let assessment = try await assess(wish)
        let configuration = assessment.verified.configuration
        wish.shown = try session(shownBy: assessment.verified) ?? wish.shown
        try check(configuration, of: wish.site, except: wish.shown?.session)
        try await settle()
        let report = try await asking { () throws(MachineHostError) in try await host.report() }
        try await asking { () throws(MachineHostError) in try await host.check(configuration) }
        tell(.hostReady, of: wish.story, ["accelerator": report.accelerator.rawValue])
        if covers(assessment, wish) {
            try storing { () throws(StorageError) in try trusted.note(assessment) }
            return Permission(verified: assessment.verified, consent: nil)
        }
        let answer = try await ask(assessment, for: wish, report: report)
        return try take(answer, to: assessment, for: wish)
    }

    private func assess(_ wish: Wish) async throws(SessionError) -> Assessment {
        let challenge = trusted.challenge(to: wish.site, in: wish.format)
        async let document = siteDocument(for: wish)
        if wish.source.origin != wish.site {
            // Nothing goes out to a place that only the page named: the site's word is waited for.
            let listing = (try? await document.get())?.bytes
            guard trusted.admits(wish.source, of: wish.site, document: listing) else {
                throw .trust(.endpointNotListed)
            }
        }
        async let configuration = configuration(for: wish, answering: challenge)
        let fetched = try await configuration.get()
        let answer = await document
        // Why there is none is told where it matters: when the key is not known without it.
        let bytes = (try? answer.get())?.bytes
        if let bytes {
            try storing { () throws(StorageError) in try trusted.noteRevocations(in: bytes, of: wish.site) }
        }
        do throws(TrustError) {
            let assessment = try await judge(fetched.bytes, answering: challenge, for: wish, document: bytes)
            let (digest, key) = (assessment.verified.digest, assessment.verified.key)
            tell(.verified, of: wish.story, ["configuration": "\(digest)", "key": "\(key)"])
            return assessment
        } catch {
            if case .keyUnknown = error, case .failure(let reason) = answer {
                throw .source(reason, of: .siteDocument)
            }
            throw .trust(error)
        }
    }

    /// Asks for the size of a file that the configuration names without one, which no page can do for itself.
    private func judge(
        _ bytes: [UInt8], answering challenge: Challenge, for wish: Wish, document: [UInt8]?
    ) async throws(TrustError) -> Assessment {
        var sizes: [SecureURL: Int64] = [:]
        while true {
            do throws(TrustError) {
                return try trusted.assess(
                    bytes, answering: challenge, from: wish.source, of: wish.site, document: document, sizes: sizes,
                    now: Date())
            } catch {
                guard case .sizeUnknown(let url) = error, sizes[url] == nil,
                    // Why it was not found out is told as what it is: a file that cannot be had.
                    let size = try? await source.size(of: url, for: wish.site)
                else { throw error }
                sizes[url] = size
            }
        }
    }

    /// The session whose token the configuration itself carries; one of that name with other tokens is refused.
    private func session(shownBy verified: VerifiedConfiguration) throws(SessionError) -> SessionRecord? {
        guard let token = verified.token else { return nil }
        let known = sessions.values.first {
            $0.record.site == verified.site && $0.record.configuration.name == verified.configuration.name
        }
        guard let record = known?.record else { return nil }
        guard record.tokens.contains(token) else { throw .wrongToken }
        return record
    }

    private func siteDocument(for wish: Wish) async -> Result<SourceDocument, SourceError> {
        let beginning = clock.moment
        do {
            let document = try await source.siteDocument(of: wish.site)
            tell(.documentFetched, of: wish.story, ["bytes": "\(document.bytes.count)"], since: beginning)
            return .success(document)
        } catch {
            tell(.documentMissing, of: wish.story, ["reason": error.word], since: beginning)
            return .failure(error)
        }
    }

    private func configuration(
        for wish: Wish, answering challenge: Challenge
    ) async -> Result<SourceDocument, SessionError> {
        let beginning = clock.moment
        do {
            let fetched = try await source.configuration(at: wish.source, for: wish.site, answering: challenge)
            tell(.configurationFetched, of: wish.story, ["bytes": "\(fetched.bytes.count)"], since: beginning)
            return .success(fetched)
        } catch {
            return .failure(.source(error, of: .configuration))
        }
    }

    /// Whether an earlier yes covers it, and the page has shown that it was the one that got it.
    private func covers(_ assessment: Assessment, _ wish: Wish) -> Bool {
        guard let shown = wish.shown, !assessment.mustAsk else { return false }
        let verified = assessment.verified
        if shown.consent == .once, shown.configuration == verified.configuration, shown.key == verified.key {
            return true
        }
        return trusted.covers(verified, now: Date())
    }

    private func ask(
        _ assessment: Assessment, for wish: Wish, report: HostReport
    ) async throws(SessionError) -> ConsentAnswer {
        if let seconds = trusted.coolDown(of: wish.site, now: Date()) { throw .coolingDown(seconds: seconds) }
        guard asking.insert(wish.site).inserted else { throw .busy }
        defer { asking.remove(wish.site) }
        let configuration = assessment.verified.configuration
        let question = ConsentQuestion(
            identifier: ConsentIdentifier(), site: wish.site, identity: assessment.identity,
            configuration: configuration, configurationDigest: assessment.verified.digest,
            download: await images.missing(of: configuration.images), host: report)
        tell(wish.connection, .consent(.pending(question.identifier)))
        tell(.asked, of: wish.story, ["question": "\(question.identifier)", "download": "\(question.download)"])
        let answer = await consent.ask(question)
        let allowed = answer == .allowOnce || answer == .allowAndRemember
        tell(wish.connection, .consent(.decided(question.identifier, allowed: allowed)))
        tell(.answered, of: wish.story, ["answer": answer.word])
        logger.info(
            "owner asked",
            metadata: ["session": "\(wish.story)", "site": "\(wish.site)", "answer": "\(answer.word)"])
        return answer
    }

    /// Writes down what the owner said.
    private func take(
        _ answer: ConsentAnswer, to assessment: Assessment, for wish: Wish
    ) throws(SessionError) -> Permission {
        switch answer {
        case .allowOnce, .allowAndRemember:
            // While the window was open the owner may have blocked the site, the site its key, and the page may have gone.
            if trusted.isBlocked(wish.site) { throw .siteBlocked }
            if trusted.isRevoked(assessment.verified) { throw .trust(.keyRevoked) }
            _ = try site(of: wish.connection)
            let remember = answer == .allowAndRemember && assessment.mayRemember
            try storing { () throws(StorageError) in
                try trusted.accept(assessment, remember: remember, now: Date())
            }
            return Permission(verified: assessment.verified, consent: remember ? .remembered : .once)
        case .deny:
            try storing { () throws(StorageError) in try trusted.noteDenial(of: wish.site, now: Date()) }
        case .blockSite:
            try storing { () throws(StorageError) in try trusted.block(wish.site) }
        case .timedOut, .unavailable, .withdrawn:
            break
        }
        throw .refused(answer)
    }
}
