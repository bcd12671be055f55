package import Addresses
import Linux
package import Slirp
import SystemPackage

/// Answers the guest's questions for names: what it may know, a name server of this computer is asked for.
///
/// Nothing that the guest wrote reaches a name server, and nothing that a name server wrote reaches the guest: both messages
/// are made anew from what was understood.
package struct NameRelay: ~Copyable {
    /// Questions beyond these are dropped, as on a busy line.
    private static let mostWaiting = 64
    /// How long a name server may think; then the next is asked.
    private static let patience = Duration.seconds(2)
    /// In seconds: names that change all the time are not asked for all the time, and a name that moved is soon left.
    private static let lifetimes: ClosedRange<UInt32> = 60...3600
    /// How much longer than the guest was told an address stays open, in seconds.
    private static let grace: UInt32 = 60

    private struct Waiting {
        let question: DNSQuestion
        let datagram: Datagram
        let number: UInt16
        let socket: FileDescriptor
        let deadline: ContinuousClock.Instant
        /// Servers that have not been asked yet.
        let others: ArraySlice<IPAddress>
        /// Where it stands among what is waited for.
        var place: Int?
    }

    private var waiting: [Waiting] = []
    private let servers: () -> [IPAddress]
    private let port: UInt16

    package init(servers: @escaping () -> [IPAddress] = NameServers.configured, port: UInt16 = 53) {
        self.servers = servers
        self.port = port
    }

    deinit { for one in waiting { Self.close(one.socket) } }

    /// Answers at once with a frame, or later from `collect`; what is no question gets no answer.
    package mutating func ask(
        _ datagram: Datagram, within reach: GuestReach, at now: ContinuousClock.Instant
    ) -> [UInt8]? {
        guard let question = DNSQuestion(parsing: datagram.content) else { return nil }
        // A name that is not there is what every client gives up on at once.
        guard reach.knows(question.name) else { return datagram.reply(question.answer(.noSuchName)) }
        guard question.isAboutAddresses else { return datagram.reply(question.answer(.success)) }
        guard waiting.count < Self.mostWaiting else { return nil }
        return send(question, of: datagram, to: servers()[...], at: now)
    }

    /// Asks the first server that can be asked; the answer is a failure where there is none.
    private mutating func send(
        _ question: DNSQuestion, of datagram: Datagram, to servers: ArraySlice<IPAddress>,
        at now: ContinuousClock.Instant
    ) -> [UInt8]? {
        for (place, server) in zip(servers.indices, servers) {
            let number = UInt16.random(in: .min ... .max)
            do {
                let socket = try DatagramSocket.connect(to: server.bytes, port: port)
                waiting.append(
                    Waiting(
                        question: question, datagram: datagram, number: number, socket: socket,
                        deadline: now + Self.patience, others: servers[(place + 1)...]))
                try socket.writeAll(question.forwarded(as: number))
                return nil
            } catch {
                // A server that cannot be reached is passed over.
                if waiting.last?.number == number { Self.close(waiting.removeLast().socket) }
            }
        }
        return datagram.reply(question.answer(.serverFailure))
    }

    package mutating func prepare(_ polled: inout PollSet) {
        for place in waiting.indices { waiting[place].place = polled.add(waiting[place].socket) }
    }

    /// When the next server has thought for too long.
    package var deadline: ContinuousClock.Instant? { waiting.map(\.deadline).min() }

    /// The frames of all answers that have come; `reach` learns what they say.
    package mutating func collect(
        _ polled: borrowing PollSet, for reach: inout GuestReach, at now: ContinuousClock.Instant
    ) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        let all = waiting
        waiting = []
        for one in all {
            switch one.place.map({ polled.happened(at: $0) }) == true ? receive(one) : .nothing {
            case .answer(let answer):
                Self.close(one.socket)
                frames.append(one.datagram.reply(Self.reply(to: one.question, answer, for: &reach, at: now)))
            case .nothing where now < one.deadline:
                waiting.append(one)
            case .nothing, .failure:
                Self.close(one.socket)
                if let frame = send(one.question, of: one.datagram, to: one.others, at: now) { frames.append(frame) }
            }
        }
        return frames
    }

    private enum Reception {
        case nothing
        /// There is no such server, or it cannot answer.
        case failure
        case answer(DNSAnswer)
    }

    /// A datagram that is no answer does not end the wait: a forged one would.
    private func receive(_ one: Waiting) -> Reception {
        var bytes = [UInt8](repeating: 0, count: DNSQuestion.largestAnswer)
        do {
            let count = unsafe try bytes.withUnsafeMutableBytes { unsafe try one.socket.read(into: $0) }
            let message = Array(bytes.prefix(count))
            guard let answer = DNSAnswer(parsing: message, to: one.question, number: one.number) else {
                return .nothing
            }
            return answer.outcome == .failed ? .failure : .answer(answer)
        } catch Errno.resourceTemporarilyUnavailable {
            return .nothing
        } catch {
            return .failure
        }
    }

    /// A name that means nothing but places that are not outside is not there: to the guest it is the same as one that is not.
    private static func reply(
        to question: DNSQuestion, _ answer: DNSAnswer, for reach: inout GuestReach, at now: ContinuousClock.Instant
    ) -> [UInt8] {
        guard case .addresses(let all) = answer.outcome else { return question.answer(.noSuchName) }
        let lifetime = min(max(answer.lifetime, lifetimes.lowerBound), lifetimes.upperBound)
        let good = reach.learn(
            Array(all.prefix(16)), of: question.name, for: .seconds(lifetime + grace), at: now)
        if good.isEmpty, !all.isEmpty { return question.answer(.noSuchName) }
        return question.answer(.success, good, lifetime: lifetime)
    }

    /// Nothing is left that a failure to close could lose.
    private static func close(_ socket: FileDescriptor) { try? socket.close() }
}
