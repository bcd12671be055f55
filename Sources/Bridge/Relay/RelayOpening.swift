import Addresses
import LWS
import Logging
import Sessions
import Wire

/// What lies between a display's or port's WebSocket and its bytes: the ticket.
struct RelayOpening: Sendable {
    let socket: WebSocket
    let use: TicketUse
    let source: RelaySource
    let logger: Logger

    /// Waits for the ticket and opens what it stands for; gives up when the page goes away.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await open() }
            group.addTask { for await _ in socket.life {} }
            await group.next()
            group.cancelAll()
        }
    }

    private func open() async {
        for await message in socket.messages {
            await socket.taken()
            // A message is UTF-8: the socket has seen to that.
            await redeem(Ticket(String(decoding: message, as: UTF8.self)))
            return
        }
    }

    private func redeem(_ ticket: Ticket) async {
        let site: SiteOrigin? =
            switch socket.visitor {
            case .site(let site): site
            case .bridgePage: nil
            }
        do throws(SessionError) {
            let stream = try await source.redeem(ticket, use, site)
            let watch = stream.watch
            await Relay.begin(from: socket, for: use, over: stream.take(), watchedBy: watch)
        } catch {
            let problem = Problem(error)
            logger.info("stream refused", metadata: ["problem": "\(problem.code.rawValue)"])
            if problem.code == .internalError {
                logger.error("internal error", metadata: ["reason": "\(error.forTheLog)"])
            }
            await socket.close(.ticketRefused, problem.code.rawValue)
        }
    }
}
