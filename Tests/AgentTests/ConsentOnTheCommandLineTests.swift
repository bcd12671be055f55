import FoundationEssentials
import SystemPackage
import Testing

/// An owner without a desktop: a page asks, the commands show the question and answer it.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-system-x86_64")))
struct ConsentOnTheCommandLineTests {
    @Test func anApprovedPageGetsItsSessionAndARevokedSiteLosesIt() async throws {
        try await Self.withAskingPage { home, ask in
            async let opened = ask()
            let question = try await Self.question(in: home)
            let shown = try await home.lodger("requests")
            #expect(shown.output.contains("Demo") && shown.output.contains("localhost"), "\(shown.output)")
            let approved = try await home.lodger("approve", String(question.consent.prefix(8)), "--remember")
            #expect(approved.status == 0, "\(approved.errors)")
            let answers = try await opened
            #expect(answers.contains("\"reply\":\"session.open\""), "\(answers)")
            #expect(answers.contains("\"resume\""))
            #expect(try await home.lodger("status").output.contains("Demo"))
            #expect(try await home.lodger("grants").output.contains(question.site))
            // A second answer finds no question.
            #expect(try await home.lodger("deny", question.consent).status == 1)
            let revoked = try await home.lodger("revoke", question.site)
            #expect(revoked.status == 0, "\(revoked.errors)")
            #expect(try await home.lodger("status").output.contains("no sessions"))
            #expect(try await home.lodger("grants").output.contains("nothing is allowed"))
        }
    }

    @Test func aDeniedPageHearsNoAndMustWait() async throws {
        try await Self.withAskingPage { home, ask in
            async let opened = ask()
            let question = try await Self.question(in: home)
            #expect(try await home.lodger("deny", question.consent).status == 0)
            let answers = try await opened
            #expect(answers.contains("consent-denied"), "\(answers)")
            let again = try await ask()
            #expect(again.contains("asked-too-often"), "\(again)")
            #expect(try await home.lodger("status").output.contains("no sessions"))
        }
    }

    @Test func theStoryOfASessionIsToldToItsOwnerWhenItHasEndedToo() async throws {
        try await Self.withAskingPage { home, ask in
            async let opened = ask()
            let question = try await Self.question(in: home)
            #expect(try await home.lodger("approve", question.consent).status == 0)
            _ = try await opened
            let status = try await home.lodger("status").output
            let session = String(try #require(status.split(separator: "\n").last).prefix(8))
            let counts = try await home.lodger("metrics").output
            #expect(counts.contains("lodger_sessions{state=\"stopped\"} 1\n"), "\(counts)")
            #expect(counts.contains("lodger_answers_total{answer=\"allowed-once\"} 1\n"))
            #expect(counts.contains("lodger_start_seconds_bucket{le=\"+Inf\"} 0\n"))
            #expect(try await home.lodger("revoke", question.site).status == 0)
            let told = try await home.lodger("trace", session)
            #expect(told.status == 0, "\(told.errors)")
            for step in ["connected", "configuration-fetched", "verified", "asked", "opened", "forgotten"] {
                #expect(told.output.contains(" \(step)"), "\(step) in \(told.output)")
            }
            #expect(told.output.contains("answer=allowed-once") && told.output.contains(question.site))
            #expect(try await home.lodger("trace").output.contains(session))
            #expect(try await home.lodger("trace", session, "--json").output.contains("\"step\" : \"opened\""))
            let unknown = try await home.lodger("trace", "ffffffff-0000")
            #expect(unknown.status == 1 && unknown.errors.contains("no story"), "\(unknown.errors)")
        }
    }

    @Test func aBlockedSiteIsNotAskedAbout() async throws {
        try await Self.withAskingPage(blocked: true) { home, ask in
            let answers = try await ask()
            #expect(answers.contains("site-blocked"), "\(answers)")
            #expect(try await home.lodger("requests").output == "no questions\n")
        }
    }

    private struct Question: Decodable {
        let consent: String
        let site: String
    }

    /// Waits until a question is there.
    private static func question(in home: Home) async throws -> Question {
        for _ in 0..<600 {
            let listed = try await home.lodger("requests", "--json").output
            if let question = try JSONDecoder().decode([Question].self, from: Data(listed.utf8)).first {
                return question
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw CancellationError()
    }

    /// A site with a signed configuration, a daemon that asks on the command line, and a page that opens a session.
    private static func withAskingPage(
        blocked: Bool = false, _ body: (Home, @escaping @Sendable () async throws -> String) async throws -> Void
    ) async throws {
        try await Home.with { home in
            try await home.site { site in
                try await sign(for: site, in: home)
                _ = try await home.daemon(
                    "--development-sites", "--consent", "command-line", "--accelerator", "tcg"
                ) { daemon in
                    if blocked { #expect(try await home.lodger("block", site).status == 0) }
                    let port = try await daemon.port
                    let open =
                        "{\"id\": 2, \"request\": \"session.open\", \"configuration\": \"\(site)/vm.jws\"}"
                    try await body(home) {
                        try await home.page(
                            port, site,
                            says: "{\"id\": 1, \"request\": \"hello\", \"version\": 1, \"client\": \"test\"}\n\(open)\n"
                        )
                    }
                }
            }
        }
    }

    private static func sign(for site: String, in home: Home) async throws {
        try await home.write(
            """
            {"name": "Demo", "vm": {"cpus": 1, "memory": 64},
             "disks": [{"url": "\(site)/disk.raw", "size": 1048576, "format": "raw",
                        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}]}
            """, to: "vm.json")
        let key = try await home.lodger("key", "new", "--out", home.path("site/.well-known"))
        #expect(key.status == 0, "\(key.errors)")
        let signed = try await home.lodger(
            "sign", home.path("vm.json"), "--key", home.path("site/.well-known/key.pem"), "--site", site, "--out",
            home.path("site/vm.jws"))
        #expect(signed.status == 0, "\(signed.errors)")
    }
}
