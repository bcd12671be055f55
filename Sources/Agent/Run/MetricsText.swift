import FoundationEssentials
import Linux
import Sessions

/// What the daemon has counted, as Prometheus reads it: nothing is computed before it is asked for.
struct MetricsText: CustomStringConvertible {
    private(set) var description = ""

    init(of broker: SessionBroker) async {
        let census = await broker.census()
        let tally = census.tally
        add("lodger_connections_total", "counter", "Control connections of pages.", [("", "\(tally.connections)")])
        add("lodger_connections", "gauge", "Control connections now.", [("", "\(census.connections)")])
        add("lodger_sessions", "gauge", "Sessions by state.", Self.labelled("state", census.sessions))
        add(
            "lodger_refusals_total", "counter", "Requests that became no session.",
            Self.labelled("reason", tally.refusals))
        add("lodger_answers_total", "counter", "What owners answered.", Self.labelled("answer", tally.answers))
        add("lodger_failed_starts_total", "counter", "Starts that failed.", Self.labelled("reason", tally.failedStarts))
        add("lodger_machine_ends_total", "counter", "Machines that ended.", Self.labelled("reason", tally.ends))
        addStarts(tally.starts)
        add("lodger_downloads_total", "counter", "Images fetched.", [("", "\(tally.downloads)")])
        add("lodger_downloaded_bytes_total", "counter", "Bytes of images fetched.", [("", "\(tally.downloaded)")])
        add(
            "lodger_relayed_bytes_total", "counter", "Bytes of displays and ports.",
            [("{direction=\"to-page\"}", "\(census.sent)"), ("{direction=\"from-page\"}", "\(census.received)")])
        addProcess()
    }

    private mutating func add(_ name: String, _ kind: String, _ help: String, _ samples: [(String, String)]) {
        description += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        for (labels, value) in samples { description += "\(name)\(labels) \(value)\n" }
    }

    private static func labelled(_ label: String, _ counts: [String: Int]) -> [(String, String)] {
        counts.sorted { $0.key < $1.key }.map { ("{\(label)=\"\($0.key)\"}", "\($0.value)") }
    }

    private mutating func addStarts(_ starts: Histogram) {
        let name = "lodger_start_seconds"
        let bounds = Histogram.bounds.map { "\($0)" } + ["+Inf"]
        let buckets = zip(bounds, starts.counts).map { ("_bucket{le=\"\($0)\"}", "\($1)") }
        add(
            name, "histogram", "How long hosts took to start machines.",
            buckets + [("_sum", "\(starts.sum)"), ("_count", "\(starts.counts.last ?? 0)")])
    }

    private mutating func addProcess() {
        // A kernel that does not tell leaves the two out.
        if let facts = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = facts.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        {
            add("process_resident_memory_bytes", "gauge", "Memory of the daemon.", [("", "\(kibibytes * 1024)")])
        }
        if let open = try? Folder.names(in: "/proc/self/fd").count {
            add("process_open_fds", "gauge", "Descriptors of the daemon.", [("", "\(open)")])
        }
    }
}
