import MachineConfig
import Trust

extension SessionError {
    /// One word for what happened: all that stories and counts tell of it, for sentences may hold a site's text.
    package var word: String {
        switch self {
        case .source(let error, of: .configuration): "configuration-\(error.word)"
        case .source(let error, of: .siteDocument): "site-document-\(error.word)"
        case .trust(let error): error.word
        case .limit(let excess): "over-limit-\(excess.limit.rawValue)"
        case .refused(let answer): "consent-\(answer.word)"
        case .busy: "busy"
        case .coolingDown: "asked-too-often"
        case .siteBlocked: "site-blocked"
        case .images(let error): "image-\(error.word)"
        case .host(let error): error.word
        case .unknownSession: "session-unknown"
        case .wrongToken: "token-wrong"
        case .wrongPhase: "session-state"
        case .noDisplay: "display-absent"
        case .unknownPort: "port-unknown"
        case .ticketInvalid: "ticket-invalid"
        case .storage: "storage-failed"
        case .cancelled: "withdrawn"
        }
    }

    /// The word and, where it is not of a site's making, the sentence.
    package var forTheLog: String {
        switch self {
        case .host(.didNotStart(let reason)), .host(.failed(let reason)), .images(.failed(let reason)):
            "\(word): \(reason)"
        case .storage(let reason): "\(word): \(reason)"
        default: word
        }
    }
}

extension SourceError {
    var word: String {
        switch self {
        case .addressRefused: "address-refused"
        case .unreachable: "unreachable"
        case .status(let status): "status-\(status)"
        case .redirectRefused: "redirect-refused"
        case .tooLarge: "too-large"
        case .cancelled: "withdrawn"
        }
    }
}

extension ConsentAnswer {
    /// The owner's answer, in a word.
    package var word: String {
        switch self {
        case .allowOnce: "allowed-once"
        case .allowAndRemember: "allowed-and-remembered"
        case .deny: "denied"
        case .blockSite: "blocked"
        case .timedOut: "timed-out"
        case .unavailable: "unavailable"
        case .withdrawn: "withdrawn"
        }
    }
}

extension TrustError {
    fileprivate var word: String {
        switch self {
        case .malformed, .algorithmRefused, .headerRefused: "signature-malformed"
        case .keyUnknown: "key-unknown"
        case .keyRevoked: "key-revoked"
        case .signatureInvalid: "signature-invalid"
        case .siteDocumentInvalid: "site-document-invalid"
        case .siteDocumentExpired: "site-document-expired"
        case .wrongIssuer: "wrong-issuer"
        case .wrongAudience: "wrong-audience"
        case .wrongNonce: "wrong-nonce"
        case .expired: "expired"
        case .notYetValid: "not-yet-valid"
        case .rolledBack: "rolled-back"
        case .downgrade: "downgrade-refused"
        case .endpointNotListed: "endpoint-not-listed"
        case .configuration: "configuration-invalid"
        case .sizeUnknown: "image-size-unknown"
        }
    }
}

extension ImageStoreError {
    fileprivate var word: String {
        switch self {
        case .addressRefused: "address-refused"
        case .unreachable: "unreachable"
        case .sizeMismatch: "size-mismatch"
        case .digestMismatch: "digest-mismatch"
        case .formatRefused: "format-refused"
        case .diskFull: "disk-full"
        case .cancelled: "withdrawn"
        case .failed: "failed"
        }
    }
}

extension MachineHostError {
    fileprivate var word: String {
        switch self {
        case .notInstalled: "hypervisor-missing"
        case .didNotStart: "machine-failed"
        case .unknownMachine: "machine-unknown"
        case .unsupported: "hypervisor-unsupported"
        case .portNotAnswering: "port-silent"
        case .failed: "hypervisor-failed"
        }
    }
}
