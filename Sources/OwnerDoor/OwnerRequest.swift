package import Addresses
package import MachineConfig
package import Sessions

/// What the owner of this computer may ask of the daemon; no page can.
package enum OwnerRequest: Sendable, Hashable {
    case status
    case stop(SessionIdentifier)
    case stopAll
    case grants
    case revoke(SiteOrigin)
    case block(SiteOrigin)
    case unblock(SiteOrigin)
    /// The questions that wait for an answer.
    case requests
    case approve(ConsentIdentifier, remember: Bool)
    case deny(ConsentIdentifier)
    case images
    case removeImage(SHA256Digest)
    /// The stories of all sessions that are kept.
    case stories
    /// The story of the session or machine whose identifier begins so.
    case story(String)
    /// What happened since the daemon began, in numbers.
    case metrics
}

extension OwnerRequest: Codable {
    private enum Word: String, Codable {
        case status
        case stop
        case stopAll = "stop-all"
        case grants
        case revoke
        case block
        case unblock
        case requests
        case approve
        case deny
        case images
        case removeImage = "remove-image"
        case stories
        case story
        case metrics
    }

    private enum Member: String, CodingKey {
        case request
        case session
        case site
        case consent
        case remember
        case digest
        case story
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        self =
            switch try members.decode(Word.self, forKey: .request) {
            case .status: .status
            case .stop: .stop(try members.decode(SessionIdentifier.self, forKey: .session))
            case .stopAll: .stopAll
            case .grants: .grants
            case .revoke: .revoke(try members.decode(SiteOrigin.self, forKey: .site))
            case .block: .block(try members.decode(SiteOrigin.self, forKey: .site))
            case .unblock: .unblock(try members.decode(SiteOrigin.self, forKey: .site))
            case .requests: .requests
            case .approve:
                .approve(
                    try members.decode(ConsentIdentifier.self, forKey: .consent),
                    remember: try members.decode(Bool.self, forKey: .remember))
            case .deny: .deny(try members.decode(ConsentIdentifier.self, forKey: .consent))
            case .images: .images
            case .removeImage: .removeImage(try members.decode(SHA256Digest.self, forKey: .digest))
            case .stories: .stories
            case .story: .story(try members.decode(String.self, forKey: .story))
            case .metrics: .metrics
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(word, forKey: .request)
        switch self {
        case .status, .stopAll, .grants, .requests, .images, .stories, .metrics: break
        case .stop(let session): try members.encode(session, forKey: .session)
        case .revoke(let site), .block(let site), .unblock(let site): try members.encode(site, forKey: .site)
        case .approve(let consent, let remember):
            try members.encode(consent, forKey: .consent)
            try members.encode(remember, forKey: .remember)
        case .deny(let consent): try members.encode(consent, forKey: .consent)
        case .removeImage(let digest): try members.encode(digest, forKey: .digest)
        case .story(let text): try members.encode(text, forKey: .story)
        }
    }

    private var word: Word {
        switch self {
        case .status: .status
        case .stop: .stop
        case .stopAll: .stopAll
        case .grants: .grants
        case .revoke: .revoke
        case .block: .block
        case .unblock: .unblock
        case .requests: .requests
        case .approve: .approve
        case .deny: .deny
        case .images: .images
        case .removeImage: .removeImage
        case .stories: .stories
        case .story: .story
        case .metrics: .metrics
        }
    }
}
