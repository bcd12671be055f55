package import Addresses

/// What a page asks, in one text message.
package struct Request: Hashable, Sendable {
    package let id: RequestID
    package let order: Order

    package init(id: RequestID, order: Order) {
        self.id = id
        self.order = order
    }

    package enum Order: Hashable, Sendable {
        case hello(Hello)
        case open(Open)
        case start(session: WireText)
        case pause(session: WireText)
        case resume(session: WireText)
        case stop(session: WireText)
        case forget(session: WireText)
        case list
        case displayTicket(session: WireText)
        case portTicket(session: WireText, port: UInt16)
    }

    package struct Hello: Hashable, Sendable {
        package let version: Int
        /// Name and version of the page's library, for the log.
        package let client: WireText
        /// From the helper window only: the origin of the page that opened it.
        package let speakingFor: SiteOrigin?

        package init(version: Int, client: WireText, speakingFor: SiteOrigin? = nil) {
            self.version = version
            self.client = client
            self.speakingFor = speakingFor
        }
    }

    package struct Open: Hashable, Sendable {
        package let configuration: SecureURL
        package let resume: WireText?

        package init(configuration: SecureURL, resume: WireText? = nil) {
            self.configuration = configuration
            self.resume = resume
        }
    }
}

extension Request.Order {
    /// The words of the protocol, by which requests and replies name what they are.
    package enum Word: String, Sendable, CaseIterable {
        case hello
        case open = "session.open"
        case start = "session.start"
        case pause = "session.pause"
        case resume = "session.resume"
        case stop = "session.stop"
        case forget = "session.forget"
        case list = "session.list"
        case displayTicket = "display.ticket"
        case portTicket = "port.ticket"
    }

    package var word: Word {
        switch self {
        case .hello: .hello
        case .open: .open
        case .start: .start
        case .pause: .pause
        case .resume: .resume
        case .stop: .stop
        case .forget: .forget
        case .list: .list
        case .displayTicket: .displayTicket
        case .portTicket: .portTicket
        }
    }
}
