package import Addresses
import StrictJSON

/// What the daemon answers to one request.
package struct Reply: Hashable, Sendable {
    package let id: RequestID
    package let answer: Answer

    package init(id: RequestID, answer: Answer) {
        self.id = id
        self.answer = answer
    }

    package enum Answer: Hashable, Sendable {
        case hello(Welcome)
        case opened(SessionObject, resume: WireText?)
        case started(SessionObject)
        case paused(SessionObject)
        case resumed(SessionObject)
        case stopped(SessionObject)
        case forgotten
        case sessions([SessionObject])
        case displayTicket(WireText)
        case portTicket(WireText)
        case problem(Problem)
    }

    package struct Welcome: Hashable, Sendable {
        package let version: Int
        /// The daemon's own version.
        package let daemon: String
        /// Whom this connection speaks for.
        package let site: SiteOrigin

        package init(version: Int, daemon: String, site: SiteOrigin) {
            self.version = version
            self.daemon = daemon
            self.site = site
        }
    }

    /// One text message.
    package var encoded: [UInt8] {
        var members = answer.members
        members["id"] = .integer(id.value)
        return JSONValue.object(members).text
    }
}

extension Reply.Answer {
    fileprivate var members: [String: JSONValue] {
        switch self {
        case .hello(let welcome):
            Self.reply(
                .hello,
                [
                    "version": .integer(Int64(welcome.version)), "daemon": .string(welcome.daemon),
                    "site": .string(welcome.site.description),
                ])
        case .opened(let session, let resume):
            Self.reply(
                .open, resume.map { ["session": session.json, "resume": JSONValue($0)] } ?? ["session": session.json])
        case .started(let session): Self.reply(.start, ["session": session.json])
        case .paused(let session): Self.reply(.pause, ["session": session.json])
        case .resumed(let session): Self.reply(.resume, ["session": session.json])
        case .stopped(let session): Self.reply(.stop, ["session": session.json])
        case .forgotten: Self.reply(.forget, [:])
        case .sessions(let sessions): Self.reply(.list, ["sessions": .array(sessions.map(\.json))])
        case .displayTicket(let ticket): Self.reply(.displayTicket, ["ticket": JSONValue(ticket)])
        case .portTicket(let ticket): Self.reply(.portTicket, ["ticket": JSONValue(ticket)])
        case .problem(let problem): ["problem": problem.json]
        }
    }

    private static func reply(_ word: Request.Order.Word, _ members: [String: JSONValue]) -> [String: JSONValue] {
        var members = members
        members["reply"] = .string(word.rawValue)
        return members
    }
}
