package import FoundationEssentials
package import Storage
package import SystemPackage

/// How much went between the guests of one session and the internet, month by month.
package struct TrafficAccount: Record, Hashable {
    package struct Amount: Codable, Hashable, Sendable {
        /// In bytes, out of the guest.
        package var sent: Int64
        /// In bytes, into it.
        package var received: Int64

        package init(sent: Int64 = 0, received: Int64 = 0) {
            self.sent = sent
            self.received = received
        }
    }

    /// How many months are remembered.
    private static let memory = 13

    package let session: String
    /// By their names, such as `2026-11`; months begin when they do at Greenwich.
    package private(set) var months: [String: Amount] = [:]

    package init(session: String) { self.session = session }

    package var identifier: String { session }

    package func amount(at date: Date) -> Amount { months[Self.month(of: date)] ?? Amount() }

    package mutating func add(sent: Int64, received: Int64, at date: Date) {
        let month = Self.month(of: date)
        months[month, default: Amount()].sent += sent
        months[month, default: Amount()].received += received
        while months.count > Self.memory, let first = months.keys.min() { months[first] = nil }
    }

    package static func month(of date: Date) -> String { String(date.formatted(.iso8601).prefix(7)) }
}

/// The accounts of all sessions: each is written by the one process that carries the traffic, and read by everybody.
package struct TrafficBook: Sendable {
    private let records: RecordFolder<TrafficAccount>

    package init(_ folder: FilePath) { records = RecordFolder(folder) }

    /// An empty one where nothing was counted, or what was cannot be read.
    package func account(of session: String) throws(StorageError) -> TrafficAccount {
        try records.record(session) ?? TrafficAccount(session: session)
    }

    package func save(_ account: TrafficAccount) throws(StorageError) { try records.save(account) }

    /// Removes the accounts of sessions that are no more.
    package func keep(only sessions: Set<String>) throws(StorageError) {
        for account in try records.load().records where !sessions.contains(account.session) {
            try records.remove(account.session)
        }
    }
}
