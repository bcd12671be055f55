import MachineConfig
import Sessions
import Storage
import Trust
import Wire

extension Problem {
    /// What a page may learn of a failure; the rest goes to the log only.
    init(_ error: SessionError) {
        switch error {
        case .source(let error, of: .configuration): self.init(configuration: error)
        case .source(let error, of: .siteDocument): self.init(siteDocument: error)
        case .trust(let error): self.init(error)
        case .limit(let excess): self.init(excess)
        case .refused(let answer): self.init(answer)
        case .busy: self.init(code: .busy)
        case .coolingDown(let seconds): self.init(code: .askedTooOften, after: seconds)
        case .siteBlocked: self.init(code: .siteBlocked)
        case .images(let error): self.init(error)
        case .host(let error): self.init(error)
        case .unknownSession, .wrongToken: self.init(code: .sessionUnknown)
        case .wrongPhase(let phase): self.init(code: .sessionState, field: SessionObject.State(phase).rawValue)
        case .noDisplay: self.init(code: .displayAbsent)
        case .unknownPort: self.init(code: .portUnknown)
        case .ticketInvalid: self.init(code: .ticketInvalid)
        case .storage(let error): self.init(code: error.diskIsFull ? .diskFull : .internalError)
        case .cancelled: self.init(code: .withdrawn)
        }
    }

    private init(configuration error: SourceError) {
        switch error {
        // Where a name leads inside this network is not for a page to learn.
        case .addressRefused: self.init(code: .configurationAddressRefused)
        case .unreachable: self.init(code: .configurationUnreachable)
        case .status(let status): self.init(code: .configurationUnreachable, detail: "the site answered \(status)")
        case .redirectRefused: self.init(code: .configurationAddressRefused, detail: "the site leads elsewhere")
        case .tooLarge: self.init(code: .configurationTooLarge)
        case .cancelled: self.init(code: .withdrawn)
        }
    }

    private init(siteDocument error: SourceError) {
        switch error {
        case .addressRefused: self.init(code: .siteDocumentUnreachable)
        case .unreachable: self.init(code: .siteDocumentUnreachable)
        case .status(let status): self.init(code: .siteDocumentUnreachable, detail: "the site answered \(status)")
        case .redirectRefused: self.init(code: .siteDocumentUnreachable, detail: "the site leads elsewhere")
        case .tooLarge: self.init(code: .siteDocumentInvalid, detail: "it is too large")
        case .cancelled: self.init(code: .withdrawn)
        }
    }

    private init(_ error: TrustError) {
        switch error {
        case .malformed(let where_): self.init(code: .signatureMalformed, detail: where_)
        case .algorithmRefused(let name): self.init(code: .signatureMalformed, field: "alg", detail: name)
        case .headerRefused(let name): self.init(code: .signatureMalformed, detail: name)
        case .keyUnknown: self.init(code: .keyUnknown)
        case .keyRevoked: self.init(code: .keyRevoked)
        case .signatureInvalid: self.init(code: .signatureInvalid)
        case .siteDocumentInvalid(let what): self.init(code: .siteDocumentInvalid, detail: what)
        case .siteDocumentExpired: self.init(code: .siteDocumentInvalid, field: "expires", detail: "it has expired")
        case .wrongIssuer: self.init(code: .configurationWrongSite, field: "iss")
        case .wrongAudience: self.init(code: .configurationWrongAudience, field: "aud")
        case .wrongNonce: self.init(code: .configurationReplayed, field: "nonce")
        case .expired: self.init(code: .configurationExpired, field: "exp")
        case .notYetValid: self.init(code: .configurationExpired, field: "iat")
        case .rolledBack: self.init(code: .configurationReplayed, field: "version")
        case .downgrade: self.init(code: .downgradeRefused)
        case .endpointNotListed:
            self.init(code: .configurationWrongSite, detail: "the site's document does not list its address")
        case .configuration(let fault):
            self.init(code: .configurationInvalid, field: fault.field, detail: "\(fault.field) \(fault.reason)")
        case .sizeUnknown(let url): self.init(code: .imageUnreachable, detail: "\(url) has no known size")
        }
    }

    private init(_ excess: LimitExceeded) {
        let unit =
            switch excess.limit {
            case .cpus, .machinesPerSite, .machines: ""
            case .memory: " MiB"
            case .diskPerSite: " bytes"
            case .lifetime: " minutes"
            }
        self.init(
            code: .overLimit, field: excess.limit.rawValue,
            detail: "\(excess.limit.rawValue), \(excess.asked)\(unit) of \(excess.allowed)\(unit)")
    }

    private init(_ answer: ConsentAnswer) {
        switch answer {
        case .timedOut: self.init(code: .consentTimeout)
        case .unavailable: self.init(code: .consentUnavailable)
        case .withdrawn: self.init(code: .withdrawn)
        case .blockSite: self.init(code: .siteBlocked)
        case .deny, .allowOnce, .allowAndRemember: self.init(code: .consentDenied)
        }
    }

    private init(_ error: ImageStoreError) {
        switch error {
        case .addressRefused(let url, _): self.init(code: .imageAddressRefused, detail: "\(url)")
        case .unreachable(let url, _): self.init(code: .imageUnreachable, detail: "\(url)")
        case .sizeMismatch(let url, let expected, let got):
            self.init(code: .imageMismatch, detail: "\(url) has \(got) bytes, not \(expected)")
        case .digestMismatch(let url): self.init(code: .imageMismatch, detail: "\(url) has another digest")
        case .formatRefused(let url, let why): self.init(code: .imageRefused, detail: "\(url), \(why)")
        case .diskFull: self.init(code: .diskFull)
        case .cancelled: self.init(code: .withdrawn)
        case .failed: self.init(code: .internalError)
        }
    }

    private init(_ error: MachineHostError) {
        switch error {
        case .notInstalled(let what): self.init(code: .hypervisorMissing, detail: what)
        case .didNotStart: self.init(code: .machineFailed)
        case .unknownMachine: self.init(code: .sessionState, field: SessionObject.State.stopped.rawValue)
        case .unsupported(let what): self.init(code: .hypervisorUnsupported, detail: what)
        case .portNotAnswering: self.init(code: .portSilent)
        case .failed: self.init(code: .internalError)
        }
    }
}
