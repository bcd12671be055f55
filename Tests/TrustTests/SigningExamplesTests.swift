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

    /// Trusts the certificate where there is one.
    private func fetch(_ url: String, _ certificate: FilePath?) async throws -> [UInt8] {
        let answer = try await run(
            .name("curl"),
            arguments: Arguments(
                [
                    "--silent", "--fail", "--max-time", "10", "--retry", "40", "--retry-connrefused", "--retry-delay",
                    "1", url,
                ] + (certificate.map { ["--cacert", $0.string] } ?? [])),
            output: .bytes(limit: 1 << 20))
        return answer.standardOutput
    }

    /// Runs the body with a folder of its own.
    private func withFolder(_ body: (FilePath) async throws -> Void) async throws {
        let folder = FilePath(FileManager.default.temporaryDirectory.path).appending("lodger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        // What stays in a temporary folder is no failure of what is tested.
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        try await body(folder)
    }

    @Test(arguments: [("python3", "sign.py"), ("node", "sign.mjs")], SigningKey.Algorithm.allCases)
    func anExampleSignsWhatADaemonTakes(interpreter: (String, String), algorithm: SigningKey.Algorithm) async throws {
        try await withFolder { folder in
            try await check(interpreter, SigningKey(generating: algorithm), in: folder, certificate: nil)
        }
    }

    @Test(arguments: [("python3", "sign.py"), ("node", "sign.mjs")])
    func anExampleServesHTTPSItself(interpreter: (String, String)) async throws {
        try await withFolder { folder in
            let certificate = folder.appending("tls.pem")
            let made = try await run(
                .name("openssl"),
                arguments: [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", certificate.string,
                    "-keyout", folder.appending("tls-key.pem").string,
                ], output: .discarded, error: .discarded)
            #expect(made.terminationStatus.isSuccess)
            try await check(interpreter, SigningKey(generating: .es256), in: folder, certificate: certificate)
        }
    }

    private func check(
        _ interpreter: (String, String), _ key: SigningKey, in folder: FilePath, certificate: FilePath?
    ) async throws {
        let file = folder.appending("key.pem")
        try Data(key.key.pem()).write(to: URL(filePath: file.string))
        let tls = certificate.map {
            ["--certificate", $0.string, "--tls-key", folder.appending("tls-key.pem").string]
        }
        let site = try #require(SiteOrigin("https://project.example"))
        let port = Int.random(in: 20000..<30000)
        let server = certificate == nil ? "http://127.0.0.1:\(port)" : "https://localhost:\(port)"
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await run(
                    .name(interpreter.0),
                    arguments: Arguments(
                        [
                            Self.folder.appending(interpreter.1).string, "--site", site.description, "--key",
                            file.string, "--configuration", Self.folder.appending("demo.json").string, "--port",
                            "\(port)",
                        ] + (tls ?? [])), output: .discarded, error: .discarded)
            }
            defer { group.cancelAll() }
            let document = try await fetch("\(server)/.well-known/lodger.json", certificate)
            let signed = try await fetch("\(server)/vm.jws?nonce=0123456789abcdef&host=x", certificate)
            let report = try SignedFileReport(
                checking: signed, document: document, site: site, nonce: "0123456789abcdef", now: Date())
            #expect(report.verified.key == key.publicKey.thumbprint)
            let refused = try await fetch("\(server)/vm.jws?nonce=%22x", certificate)
            #expect(refused.isEmpty)
        }
    }
}
