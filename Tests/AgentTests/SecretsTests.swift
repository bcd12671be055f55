import FoundationEssentials
import Testing

/// What must never be seen: in the log, in arguments.
struct SecretsTests {
    @Test func theMostTalkativeLogHoldsNoSecretOfAPage() async throws {
        let canary = "canary\(UUID().uuidString.lowercased().filter { $0 != "-" })"
        try await Home.with { home in
            _ = try await home.daemon("--log-level", "trace", "--development-sites") { daemon in
                let port = try await daemon.port
                // Nothing listens on port 9 for it: the fetch fails, which is the most that is logged of an address.
                let requests = """
                    {"id": 1, "request": "hello", "version": 1, "client": "test"}
                    {"id": 2, "request": "session.open", "configuration": "http://localhost:9/vm.jws?key=\(canary)", \
                    "resume": "\(canary)"}
                    """
                let answers = try await home.page(port, "http://localhost:9", says: requests)
                #expect(answers.contains("\"hello\""))
                #expect(answers.contains("configuration-unreachable"), "\(answers)")
                let log = try await daemon.log
                #expect(log.contains("bridge"))
                #expect(!log.contains(canary), "\(log)")
                let arguments = try await home.call([
                    "/bin/sh", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '",
                ])
                #expect(arguments.output.contains("lodger run"))
                #expect(!arguments.output.contains(canary))
            }
        }
    }

    @Test func noOwnersRequestGoesOverTheBrowsersPort() async throws {
        try await Home.with { home in
            _ = try await home.daemon { daemon in
                let port = try await daemon.port
                let verbs = [
                    "status", "stop", "stop-all", "grants", "revoke", "block", "unblock", "requests", "approve", "deny",
                    "images", "remove-image", "stories", "story", "metrics",
                ]
                var requests = "{\"id\": 1, \"request\": \"hello\", \"version\": 1, \"client\": \"test\"}\n"
                for (index, verb) in verbs.enumerated() {
                    requests += "{\"id\": \(index + 2), \"request\": \"\(verb)\", \"site\": \"https://a.example\"}\n"
                }
                let answers = try await home.page(port, "https://project.example", says: requests)
                #expect(answers.components(of: "request-unknown") == verbs.count, "\(answers)")
            }
        }
    }
}

extension String {
    fileprivate func components(of word: String) -> Int { ranges(of: word).count }
}
