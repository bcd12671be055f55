/// What has happened since the daemon began, in numbers.
package struct Tally: Sendable, Hashable {
    package var connections = 0
    /// By their words.
    package private(set) var refusals: [String: Int] = [:]
    package private(set) var failedStarts: [String: Int] = [:]
    package private(set) var answers: [String: Int] = [:]
    /// Ends of machines by their reasons.
    package private(set) var ends: [String: Int] = [:]
    /// How long hosts took to start machines.
    package private(set) var starts = Histogram()
    /// Bytes of images that came over the network.
    package private(set) var downloaded: Int64 = 0
    package private(set) var downloads = 0

    package init() {}

    /// Counts what a line of a story tells.
    package mutating func count(_ line: StoryLine) {
        let reason = line.details["reason"] ?? "none"
        switch line.step {
        case .refused: refusals[reason, default: 0] += 1
        case .startFailed: failedStarts[reason, default: 0] += 1
        case .machineEnded: ends[reason, default: 0] += 1
        case .answered: answers[line.details["answer"] ?? "none", default: 0] += 1
        case .machineStarted: starts.add((line.took ?? 0) / 1000)
        case .imageReady:
            guard let bytes = line.details["fetched"].flatMap({ Int64($0) }), bytes > 0 else { return }
            downloads += 1
            downloaded += bytes
        default: break
        }
    }
}

/// How many values were how large, the way Prometheus counts them.
package struct Histogram: Sendable, Hashable {
    /// In seconds.
    package static let bounds: [Double] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    /// Of the values up to each bound; the last is of all.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    package private(set) var sum = 0.0

    mutating func add(_ value: Double) {
        sum += value
        for index in counts.indices where index == Self.bounds.count || value <= Self.bounds[index] {
            counts[index] += 1
        }
    }
}
