import FoundationEssentials
import Testing

/// `lodger doctor` and `lodger setup`, as they are typed.
struct DoctorTests {
    private struct Report: Decodable {
        let canStart: Bool
        let findings: [Finding]
        let facts: [String: String]

        struct Finding: Decodable {
            let id: String
            let severity: String
            let cause: String
            let fix: String
            let command: String?
        }

        func has(_ id: String) -> Bool { findings.contains { $0.id == id } }
    }

    /// What it says in a home with these settings.
    private func examine(_ settings: String, _ body: (Home.Result, Report) throws -> Void) async throws {
        try await Home.with { (home: Home) async throws in
            try await home.write("port = 15999\n\(settings)\n", to: "home/.config/lodger/lodger.toml")
            let result = try await home.lodger("doctor", "--json")
            try body(result, JSONDecoder().decode(Report.self, from: Data(result.output.utf8)))
        }
    }

    @Test(.timeLimit(.minutes(2))) func aComputerWhereMachinesStartPasses() async throws {
        try await examine("consent = \"command-line\"\naccelerator = \"tcg\"") { result, report in
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(report.canStart)
            #expect(report.has("daemon-stopped"))
            #expect(report.facts["libvirt"] == "opens")
            #expect(report.facts["QEMU"] != nil)
        }
    }

    @Test(.timeLimit(.minutes(2))) func withoutADesktopTheStatusTellsThatNothingCanStart() async throws {
        try await examine("accelerator = \"tcg\"") { result, report in
            #expect(result.status == 1)
            #expect(result.errors == "lodger: no machine can start here\n")
            #expect(!report.canStart)
            #expect(report.has("desktop-missing"))
        }
    }

    @Test(.timeLimit(.minutes(2))) func wrongSettingsAreAFindingAmongOthers() async throws {
        try await examine("consent = \"sideways\"") { result, report in
            #expect(result.status == 1)
            let finding = try #require(report.findings.first)
            #expect(finding.id == "settings-wrong")
            #expect(finding.cause.contains("consent"))
            #expect(report.facts["QEMU"] != nil)
        }
    }

    @Test(.timeLimit(.minutes(2))) func setupChangesNothingWhereNothingIsMissing() async throws {
        try await Home.with { (home: Home) async throws in
            try await home.write(
                "port = 15999\nconsent = \"command-line\"\naccelerator = \"tcg\"", to: "home/.config/lodger/lodger.toml"
            )
            let result = try await home.lodger("setup")
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(result.output.hasPrefix("there is nothing that setup could change\n"))
        }
    }
}
