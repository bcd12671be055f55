extension Problem.Code {
    /// What happened, for people; without the full stop.
    var sentence: String { texts.sentence }

    /// What can be done about it.
    var hint: String { texts.hint }

    /// Whether the same request may succeed later without anybody changing anything at the site.
    var retryable: Bool {
        switch self {
        case .busy, .askedTooOften, .configurationUnreachable, .siteDocumentUnreachable, .consentTimeout,
            .consentUnavailable, .imageUnreachable, .diskFull, .machineFailed, .sessionState, .portSilent,
            .ticketInvalid,
            .withdrawn, .internalError, .overLimit:
            true
        case .requestMalformed, .requestUnknown, .helloRequired, .versionUnsupported, .siteBlocked,
            .configurationAddressRefused, .configurationTooLarge, .siteDocumentInvalid, .signatureMalformed,
            .signatureInvalid, .keyUnknown, .keyRevoked, .configurationWrongSite, .configurationWrongAudience,
            .configurationExpired, .configurationReplayed, .configurationInvalid, .downgradeRefused, .consentDenied,
            .imageAddressRefused, .imageMismatch, .imageRefused, .hypervisorMissing, .hypervisorUnsupported,
            .sessionUnknown, .displayAbsent, .portUnknown:
            false
        }
    }

    private static let tellSite = "Tell the site's owner."
    private static let verify = "Tell the site's owner; `lodger verify` names the fault."
    private static let library = "This is a fault of the page's own library."

    private var texts: (sentence: String, hint: String) {
        switch self {
        case .requestMalformed: ("The request cannot be read", Self.library)
        case .requestUnknown: ("The daemon does not know this request", "A newer lodger may know it.")
        case .helloRequired: ("The first request must be hello", Self.library)
        case .versionUnsupported:
            ("This daemon does not speak that version of the protocol", "Install a newer lodger, or reload the page.")
        case .busy:
            ("Another question of this site waits for the owner", "Answer the window that is open, then try again.")
        case .askedTooOften: ("The owner said no a moment ago", "Try again later.")
        case .siteBlocked:
            ("The owner of this computer blocked this site", "The owner can lift it with `lodger grants`.")
        case .configurationAddressRefused:
            ("The configuration lies at an address that the daemon never fetches from", Self.tellSite)
        case .configurationUnreachable: ("The configuration could not be fetched", "Try again in a while.")
        case .configurationTooLarge: ("The configuration is larger than 256 KiB", Self.tellSite)
        case .siteDocumentUnreachable:
            ("The site's /.well-known/lodger.json could not be fetched", "Try again in a while.")
        case .siteDocumentInvalid: ("The site's /.well-known/lodger.json cannot be used", Self.verify)
        case .signatureMalformed: ("The configuration is not signed in a way that is accepted", Self.verify)
        case .signatureInvalid: ("The signature of the configuration is wrong", Self.verify)
        case .keyUnknown: ("The configuration is signed with a key that the site does not name", Self.verify)
        case .keyRevoked: ("The configuration is signed with a key that the site revoked", Self.tellSite)
        case .configurationWrongSite: ("The configuration is not for this site", Self.verify)
        case .configurationWrongAudience: ("The configuration is not for lodger", Self.verify)
        case .configurationExpired:
            (
                "The configuration has expired, or is not valid yet",
                "Check this computer's clock, then tell the site's owner."
            )
        case .configurationReplayed: ("The configuration is an old one", Self.tellSite)
        case .configurationInvalid: ("The configuration is not valid", Self.verify)
        case .downgradeRefused: ("The site has signed in a better way before", Self.tellSite)
        case .overLimit:
            (
                "The machine would take more than the owner gives away",
                "The owner can raise the limits in lodger's settings."
            )
        case .consentDenied: ("The owner of this computer said no", "Ask again only when the visitor wants it.")
        case .consentTimeout: ("Nobody answered the question in time", "Try again when somebody is at the computer.")
        case .consentUnavailable:
            ("There is no way to ask the owner of this computer", "The owner can answer with `lodger requests`.")
        case .imageAddressRefused: ("An image lies at an address that the daemon never fetches from", Self.tellSite)
        case .imageUnreachable: ("An image could not be downloaded", "Try again; what came so far is kept.")
        case .imageMismatch: ("An image is not the one that the configuration names", Self.tellSite)
        case .imageRefused: ("An image is of a kind that is not run", Self.tellSite)
        case .diskFull: ("The disk of this computer is full", "Free some space; `lodger images` lists what is kept.")
        case .hypervisorMissing:
            (
                "QEMU or libvirt is not installed on this computer",
                "Type `lodger setup` in a terminal: it lists what is missing and installs it."
            )
        case .hypervisorUnsupported:
            ("This computer lacks something that the configuration asks for", Self.tellSite)
        case .machineFailed: ("The machine did not start", "Try again; the daemon's log says why.")
        case .sessionUnknown: ("There is no such session of this site", "Open a new one.")
        case .sessionState: ("That is not possible in the session's state", "Wait for the next change of its state.")
        case .displayAbsent: ("This machine has no display", Self.library)
        case .portUnknown: ("The configuration names no such port", Self.tellSite)
        case .portSilent: ("Nothing in the guest answers on that port", "Try again when the guest has started up.")
        case .ticketInvalid: ("The ticket is used, too old or for something else", "Ask for a new one.")
        case .withdrawn: ("The page took the request back", "Ask again.")
        case .internalError: ("Something went wrong in the daemon", "Its log says more.")
        }
    }
}
