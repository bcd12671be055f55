import Addresses
import FoundationEssentials
import MachineConfig
import OwnerDoor
import Sessions
import Testing
import Trust

/// What the golden files say, as values.
enum Sample {
    static func requests() throws -> [(String, OwnerRequest)] {
        [
            ("status", .status), ("stop", .stop(try session(1))), ("stop-all", .stopAll), ("grants", .grants),
            ("revoke", .revoke(try site)), ("block", .block(try site)), ("unblock", .unblock(try site)),
            ("requests", .requests), ("approve", .approve(try consent, remember: true)), ("deny", .deny(try consent)),
            ("images", .images), ("remove-image", .removeImage(try digest)), ("stories", .stories),
            ("story", .story("0b7e6a52")), ("metrics", .metrics),
        ]
    }

    static func replies() throws -> [(String, OwnerReply)] {
        [
            ("done", .done), ("status", .status(try status)),
            ("grants", .grants(GrantList(grants: [try grant], blocked: [try origin("https://loud.example")]))),
            (
                "requests",
                .requests([
                    PendingRequest(
                        consent: try consent, site: try site, age: 12,
                        lines: ["Site: project.example", "Processors: 2 of 4"])
                ])
            ),
            (
                "images",
                .images([
                    StoredImage(digest: try digest, size: 13_800_000, complete: true, sites: [try site], lastUsed: day)
                ])
            ),
            ("stories", .stories([StoryHead(try story)].compactMap(\.self))), ("story", .story(try story)),
            ("metrics", .metrics("# TYPE lodger_connections gauge\nlodger_connections 1\n")),
            ("problem", .problem(OwnerProblem(.sessionUnknown, "there is no such session"))),
        ]
    }

    private static var story: Story {
        get throws {
            Story(
                session: try session(1),
                lines: [
                    StoryLine(time: day, took: nil, step: .connected, details: ["site": "https://project.example"]),
                    StoryLine(time: day, took: 12.5, step: .answered, details: ["answer": "denied"]),
                ])
        }
    }

    static var status: DaemonStatus {
        get throws {
            DaemonStatus(
                version: "0.1.0", process: 4711, port: 5624,
                sessions: [
                    Lodging(
                        session: try session(1), site: try site, name: "Demo", state: .running, reason: nil,
                        accelerator: .kvm, cpus: 2, memory: 1024, started: day, pages: 1,
                        traffic: Lodging.Traffic(month: "2026-11", sent: 1200, received: 3_400_000)),
                    Lodging(
                        session: try session(2), site: try origin("https://other.example:8443"), name: "Other",
                        state: .stopped, reason: .stoppedByPage, accelerator: nil, cpus: 1, memory: 256, started: nil,
                        pages: 0),
                ],
                requests: 1, setAside: [StrayFile(path: "/home/a/sessions/1.json.damaged-x", reason: "damaged")])
        }
    }

    private static var grant: RememberedGrant {
        get throws {
            RememberedGrant(
                site: try site, name: "Demo", cpus: 2, memory: 1024,
                key: try #require(KeyThumbprint("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")), since: day,
                until: day + 30 * 86400)
        }
    }

    /// 2026-11-21T09:30:00Z.
    private static let day = Date(timeIntervalSince1970: 1_795_253_400)

    static var site: SiteOrigin { get throws { try origin("https://project.example") } }

    private static func origin(_ text: String) throws -> SiteOrigin { try #require(SiteOrigin(text)) }

    private static func session(_ number: Int) throws -> SessionIdentifier {
        try #require(SessionIdentifier("6f1c2f0a-58f0-4c35-9a2b-7c1f4d1e9a0\(number)"))
    }

    private static var consent: ConsentIdentifier {
        get throws { try #require(ConsentIdentifier("0b7e6a52-1f3d-4a9c-8b21-5d2c7e8f9a03")) }
    }

    private static var digest: SHA256Digest {
        get throws {
            try #require(SHA256Digest("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"))
        }
    }
}
