package import Addresses
import Linux
import Synchronization

/// From a name to all of its addresses.
package protocol NameResolver: Sendable {
    /// Asked once for a fetch, redirects included: what was checked is what is connected to.
    func addresses(of host: String) async throws(FetchError) -> [IPAddress]
}

/// The system's resolver, on a thread of its own.
package struct SystemResolver: NameResolver {
    package init() {}

    /// Cancelling returns at once; the system's call then ends by itself, unheard.
    package func addresses(of host: String) async throws(FetchError) -> [IPAddress] {
        let answer = Answer()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.expect(continuation)
                OwnThread.start {
                    answer.give(Result { () throws(FetchError) in try Self.lookUp(host) })
                }
            }
        } onCancel: {
            answer.give(.failure(.cancelled))
        }
        return try result.get()
    }

    private static func lookUp(_ host: String) throws(FetchError) -> [IPAddress] {
        do throws(NameLookup.Failure) {
            return try NameLookup.addresses(of: host).compactMap { IPAddress(bytes: $0) }
        } catch {
            throw .unreachable("\(host): \(error)")
        }
    }
}

/// The first answer counts; it may come before anybody waits for it.
private final class Answer: Sendable {
    typealias Outcome = Result<[IPAddress], FetchError>

    private enum State {
        case open
        case expected(CheckedContinuation<Outcome, Never>)
        case given(Outcome)
        case done
    }

    private let state = Mutex(State.open)

    func expect(_ continuation: CheckedContinuation<Outcome, Never>) {
        let early: Outcome? = state.withLock { state in
            if case .given(let outcome) = state {
                state = .done
                return outcome
            }
            state = .expected(continuation)
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    func give(_ outcome: Outcome) {
        let waiting: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .given(outcome)
                return nil
            case .expected(let continuation):
                state = .done
                return continuation
            case .given, .done:
                return nil
            }
        }
        waiting?.resume(returning: outcome)
    }
}
