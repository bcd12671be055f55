import FoundationEssentials
import Testing

/// A daemon whose files were damaged while it was away.
struct DamagedStateTests {
    private static let state = "home/.local/state/lodger"

    @Test func aDaemonStartsSaysWhatWasDamagedAndGoesOn() async throws {
        try await Home.with { home in
            _ = try await home.daemon { _ in }
            let session = "5d2c7e8f-9a03-4a9c-8b21-0b7e6a521f3d"
            let damaged = ["sessions/\(session).json", "trust/grants/\(String(repeating: "a", count: 64)).json"]
            for file in damaged { try await home.write("{\"half", to: "\(Self.state)/\(file)") }
            _ = try await home.daemon { daemon in
                let log = try await daemon.log
                let status = try await home.lodger("status")
                #expect(status.output.contains("no sessions"))
                for file in damaged {
                    #expect(log.contains("state set aside") && log.contains("\(file).damaged-"), "\(log)")
                    #expect(status.output.contains("damaged, set aside: "))
                    #expect(status.output.contains("\(file).damaged-"), "\(status.output)")
                }
            }
        }
    }

    @Test func withoutItsListOfBlockedSitesItDoesNotStart() async throws {
        try await Home.with { home in
            _ = try await home.daemon { _ in
                let blocked = try await home.lodger("block", "https://loud.example")
                #expect(blocked.status == 0)
            }
            _ = try await home.call([
                "/bin/sh", "-c", "rm -r \"$1\" && : > \"$1\"", "sh", home.path("\(Self.state)/trust/blocked"),
            ])
            let run = try await home.lodger("run", "--port", "0")
            #expect(run.status == 1)
            #expect(run.errors.contains("trust/blocked"), "\(run.errors)")
        }
    }

    @Test func aBlockWhoseFileIsDamagedIsNoWayIn() async throws {
        try await Home.with { home in
            let site = "http://localhost:9"
            _ = try await home.daemon("--development-sites") { _ in
                let blocked = try await home.lodger("block", site)
                #expect(blocked.status == 0)
            }
            _ = try await home.call([
                "/bin/sh", "-c", "for f in \"$1\"/*.json; do echo x > \"$f\"; done", "sh",
                home.path("\(Self.state)/trust/blocked"),
            ])
            _ = try await home.daemon("--development-sites") { daemon in
                let requests = """
                    {"id": 1, "request": "hello", "version": 1, "client": "test"}
                    {"id": 2, "request": "session.open", "configuration": "\(site)/vm.jws"}
                    """
                let answers = try await home.page(try await daemon.port, site, says: requests)
                #expect(answers.contains("site-blocked"), "\(answers)")
            }
        }
    }
}
