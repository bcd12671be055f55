import FoundationEssentials
import MachineConfig
import Storage

/// How long a domain must wait after its owner said no: longer each time.
struct Penalty: Record, Hashable {
    let domain: String
    private(set) var denials: Int
    private(set) var last: Date

    var identifier: String { SHA256Digest(hashing: Array(domain.utf8)).description }

    /// In seconds, by the number of denials.
    private static let steps: [TimeInterval] = [10, 60, 600, 86400]
    /// A week without a denial forgives, in seconds.
    private static let forgiveness: TimeInterval = 7 * 86400

    init(domain: String, now: Date) {
        self.domain = domain
        denials = 0
        last = now
    }

    mutating func deny(now: Date) {
        if now.timeIntervalSince(last) > Self.forgiveness { denials = 0 }
        denials += 1
        last = now
    }

    /// The seconds that are left, at least 1; `nil` when the wait is over.
    func remaining(now: Date) -> Int? {
        guard denials > 0 else { return nil }
        let step = Self.steps[min(denials, Self.steps.count) - 1]
        // A clock that was set back must not make the wait longer than it ever was.
        let left = min(step, step - now.timeIntervalSince(last))
        return left > 0 ? max(1, Int(left.rounded(.up))) : nil
    }
}
