import FoundationEssentials
import Storage
import Traffic

/// Counts what goes between the guest and the internet, and writes it down now and then and at the end.
///
/// A crash loses what was counted since the last time; a restart goes on from there.
struct Meter {
    private static let interval = Duration.seconds(15)

    private let book: TrafficBook
    private let log: Log
    private var account: TrafficAccount
    private var sent: Int64 = 0
    private var received: Int64 = 0
    private var due = ContinuousClock.now + interval

    init(_ book: TrafficBook, session: String, log: Log) {
        self.book = book
        self.log = log
        do throws(StorageError) {
            account = try book.account(of: session)
        } catch {
            log.write("what was counted before cannot be read: \(error)")
            account = TrafficAccount(session: session)
        }
    }

    mutating func countSent(_ bytes: Int) { sent += Int64(bytes) }

    mutating func countReceived(_ bytes: Int) { received += Int64(bytes) }

    /// Writes down what is new, if the time has come.
    mutating func saveIfDue(at now: ContinuousClock.Instant) {
        if now >= due { save() }
    }

    /// How long until there is something to write down; nil where there is nothing.
    func wait(at now: ContinuousClock.Instant) -> Duration? { sent > 0 || received > 0 ? due - now : nil }

    mutating func save() {
        due = ContinuousClock.now + Self.interval
        guard sent > 0 || received > 0 else { return }
        account.add(sent: sent, received: received, at: Date())
        (sent, received) = (0, 0)
        do throws(StorageError) {
            try book.save(account)
        } catch {
            log.write("what was counted cannot be written: \(error)")
        }
    }
}
