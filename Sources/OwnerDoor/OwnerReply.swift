package import Sessions

/// What the daemon answers its owner.
package enum OwnerReply: Sendable, Hashable {
    case done
    case status(DaemonStatus)
    case grants(GrantList)
    case requests([PendingRequest])
    case images([StoredImage])
    case stories([StoryHead])
    case story(Story)
    /// In the text format of Prometheus.
    case metrics(String)
    case problem(OwnerProblem)
}

extension OwnerReply: Codable {
    private enum Word: String, Codable {
        case done
        case status
        case grants
        case requests
        case images
        case stories
        case story
        case metrics
        case problem
    }

    private enum Member: String, CodingKey {
        case reply
        case status
        case grants
        case requests
        case images
        case stories
        case story
        case metrics
        case problem
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        self =
            switch try members.decode(Word.self, forKey: .reply) {
            case .done: .done
            case .status: .status(try members.decode(DaemonStatus.self, forKey: .status))
            case .grants: .grants(try members.decode(GrantList.self, forKey: .grants))
            case .requests: .requests(try members.decode([PendingRequest].self, forKey: .requests))
            case .images: .images(try members.decode([StoredImage].self, forKey: .images))
            case .stories: .stories(try members.decode([StoryHead].self, forKey: .stories))
            case .story: .story(try members.decode(Story.self, forKey: .story))
            case .metrics: .metrics(try members.decode(String.self, forKey: .metrics))
            case .problem: .problem(try members.decode(OwnerProblem.self, forKey: .problem))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        switch self {
        case .done:
            try members.encode(Word.done, forKey: .reply)
        case .status(let status):
            try members.encode(Word.status, forKey: .reply)
            try members.encode(status, forKey: .status)
        case .grants(let grants):
            try members.encode(Word.grants, forKey: .reply)
            try members.encode(grants, forKey: .grants)
        case .requests(let requests):
            try members.encode(Word.requests, forKey: .reply)
            try members.encode(requests, forKey: .requests)
        case .images(let images):
            try members.encode(Word.images, forKey: .reply)
            try members.encode(images, forKey: .images)
        case .stories(let stories):
            try members.encode(Word.stories, forKey: .reply)
            try members.encode(stories, forKey: .stories)
        case .story(let story):
            try members.encode(Word.story, forKey: .reply)
            try members.encode(story, forKey: .story)
        case .metrics(let text):
            try members.encode(Word.metrics, forKey: .reply)
            try members.encode(text, forKey: .metrics)
        case .problem(let problem):
            try members.encode(Word.problem, forKey: .reply)
            try members.encode(problem, forKey: .problem)
        }
    }
}
