import StrictJSON

/// Why a request failed: a stable word, and sentences for people.
package struct Problem: Hashable, Sendable, Error {
    package let code: Code
    /// What is wrong in a configuration or a request, or the limit or state that stands in the way.
    package let field: String?
    /// The time before which trying again is useless, in seconds.
    package let after: Int?
    /// What the sentence goes on with, where there is more to say than the word does.
    package let detail: String?

    package init(code: Code, field: String? = nil, after: Int? = nil, detail: String? = nil) {
        self.code = code
        self.field = field
        self.after = after
        self.detail = detail
    }

    package var message: String {
        let sentence = code.sentence
        guard let detail else { return "\(sentence)." }
        return "\(sentence): \(detail)\(detail.hasSuffix(".") ? "" : ".")"
    }

    /// The words; one that was ever given out keeps its meaning.
    package enum Code: String, Sendable, CaseIterable {
        case requestMalformed = "request-malformed"
        case requestUnknown = "request-unknown"
        case helloRequired = "hello-required"
        case versionUnsupported = "version-unsupported"
        case busy
        case askedTooOften = "asked-too-often"
        case siteBlocked = "site-blocked"
        case configurationAddressRefused = "configuration-address-refused"
        case configurationUnreachable = "configuration-unreachable"
        case configurationTooLarge = "configuration-too-large"
        case siteDocumentUnreachable = "site-document-unreachable"
        case siteDocumentInvalid = "site-document-invalid"
        case signatureMalformed = "signature-malformed"
        case signatureInvalid = "signature-invalid"
        case keyUnknown = "key-unknown"
        case keyRevoked = "key-revoked"
        case configurationWrongSite = "configuration-wrong-site"
        case configurationWrongAudience = "configuration-wrong-audience"
        case configurationExpired = "configuration-expired"
        case configurationReplayed = "configuration-replayed"
        case configurationInvalid = "configuration-invalid"
        case downgradeRefused = "downgrade-refused"
        case overLimit = "over-limit"
        case consentDenied = "consent-denied"
        case consentTimeout = "consent-timeout"
        case consentUnavailable = "consent-unavailable"
        case imageAddressRefused = "image-address-refused"
        case imageUnreachable = "image-unreachable"
        case imageMismatch = "image-mismatch"
        case imageRefused = "image-refused"
        case diskFull = "disk-full"
        case hypervisorMissing = "hypervisor-missing"
        case hypervisorUnsupported = "hypervisor-unsupported"
        case machineFailed = "machine-failed"
        case sessionUnknown = "session-unknown"
        case sessionState = "session-state"
        case displayAbsent = "display-absent"
        case portUnknown = "port-unknown"
        case portSilent = "port-silent"
        case ticketInvalid = "ticket-invalid"
        case withdrawn
        case internalError = "internal-error"
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "code": .string(code.rawValue), "message": .string(message), "hint": .string(code.hint),
            "retryable": .bool(code.retryable),
        ]
        if let field { members["field"] = .string(field) }
        if let after { members["after"] = .integer(Int64(after)) }
        return .object(members)
    }
}
