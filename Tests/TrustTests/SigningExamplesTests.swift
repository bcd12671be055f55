import Addresses
import FoundationEssentials
import OpenSSL
import Subprocess
import SystemPackage
import Testing

@testable import Trust

/// The endpoints under `examples/signing`, run as a site's owner would, against the check that a daemon makes.
struct SigningExamplesTests {
    private static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("examples/signing")

    private func fetch(_ url: String) async throws -> [UInt8] {
        let answer = try await run(
            .name("curl"),
            arguments: [
                "--silent", "--fail", "--max-time", "10", "--retry", "40", "--retry-connrefused", "--retry-delay", "1",
                url,
            ],
            output: .bytes(limit: 1 << 20))
        return answer.standardOutput
    }

    @Test(arguments: [("python3", "sign.py"), ("node", "sign.mjs")], SigningKey.Algorithm.allCases)
    func anExampleSignsWhatADaemonTakes(interpreter: (String, String), algorithm: SigningKey.Algorithm) async throws {
        let key = try SigningKey(generating: algorithm)
        let file = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString).pem")
        // What stays in a temporary folder is no failure of what is tested.
        defer { try? FileManager.default.removeItem(atPath: file.string) }
        try Data(key.key.pem()).write(to: URL(filePath: file.string))
        let site = try #require(SiteOrigin("https://project.example"))
        let port = Int.random(in: 20000..<30000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await run(
                    .name(interpreter.0),
                    arguments: [
                        Self.folder.appending(interpreter.1).string, "--site", site.description, "--key", file.string,
                        "--configuration", Self.folder.appending("demo.json").string, "--port", "\(port)",
                    ], output: .discarded, error: .discarded)
            }
            defer { group.cancelAll() }
            let document = try await fetch("http://127.0.0.1:\(port)/.well-known/lodger.json")
            let signed = try await fetch("http://127.0.0.1:\(port)/vm.jws?nonce=0123456789abcdef&host=x")
            let report = try SignedFileReport(
                checking: signed, document: document, site: site, nonce: "0123456789abcdef", now: Date())
            #expect(report.verified.key == key.publicKey.thumbprint)
            let refused = try await fetch("http://127.0.0.1:\(port)/vm.jws?nonce=%22x")
            #expect(refused.isEmpty)
        }
    }
}
