import LWS
import Linux
import Logging

/// One listening socket on the loop: accepts, and hands each connection to the door.
@ServiceLoop
final class Listener: ChannelOwner {
    /// Connections taken in one turn of the loop, so that a crowd does not hold up those who are in.
    private static let perTurn = 64
    /// The wait after which a computer without free descriptors is tried again.
    private static let exhaustionPause: Duration = .milliseconds(200)

    private let door: Door

    init(of door: Door) { self.door = door }

    func readable(_ channel: Channel) {
        guard let descriptor = channel.descriptor else { return }
        for _ in 0..<Self.perTurn {
            switch IncomingConnection(from: descriptor) {
            case .connection(let connection): door.receive(connection)
            case .none: return
            case .exhausted:
                // The connection stays in the queue and the socket stays readable: without a pause this would spin.
                door.logger.warning("no descriptors left for connections")
                channel.pauseReading()
                channel.setTimer(Self.exhaustionPause)
                return
            }
        }
    }

    func timerFired(_ channel: Channel) { channel.resumeReading() }

    func closed(_ channel: Channel) {}
}
