import Addresses
import FoundationEssentials
import MachineConfig
import Testing

@testable import Trust

struct ConfigurationSignerTests {
    private let configuration = Array(
        """
        {"name":"Demo","vm":{"cpus":1,"memory":64},"boot":{"from":"cdrom","image":{"url":"https://a.example/a.iso",
        "sha256":"\(String(repeating: "0", count: 64))","size":7}}}
        """.utf8)
    private let now = Date(timeIntervalSince1970: 1_790_000_000)

    @Test(arguments: SigningKey.Algorithm.allCases)
    func whatIsSignedIsTaken(algorithm: SigningKey.Algorithm) throws {
        let key = try SigningKey(generating: algorithm)
        let site = try #require(SiteOrigin("https://project.example"))
        let signer = ConfigurationSigner(key: key, site: site)
        let document = Array(key.siteDocument(expires: now + 1000).utf8)
        let kinds: [ConfigurationSigner.Freshness] = [.nonce("abc-_1"), .numbered(3, life: 86400)]
        for freshness in kinds {
            let file = Array(try signer.sign(configuration, freshness, now: now).utf8)
            let report = try SignedFileReport(checking: file, document: document, site: site, nonce: nil, now: now)
            #expect(report.verified.configuration.name == "Demo")
            let other = try #require(SiteOrigin("https://other.example"))
            #expect(throws: TrustError.wrongIssuer) {
                try SignedFileReport(checking: file, document: document, site: other, nonce: nil, now: now)
            }
        }
    }

    @Test(arguments: [
        ("{", "JSON"), (#"{"name":"x"}"#, "vm"), (#"{"name":"x","vm":{"cpus":1,"memory":64},"exp":1}"#, "exp"),
        (#"{"name":"x","vm":{"cpus":1,"memory":64}}"#, "disks"),
    ])
    func whatNoDaemonWouldTakeIsNotSigned(text: String, word: String) throws {
        let key = try SigningKey(generating: .ed25519)
        let site = try #require(SiteOrigin("https://project.example"))
        let failure = #expect(throws: ConfigurationSigner.Failure.self) {
            try ConfigurationSigner(key: key, site: site).sign(Array(text.utf8), .nonce("a"), now: now)
        }
        switch failure {
        case .configuration(let fault): #expect(fault.field == word)
        case .notJSON: #expect(word == "JSON")
        case .openSSL, nil: Issue.record("signed, or not for this reason")
        }
    }

    @Test func aNonceThatWouldAddMembersIsNotSigned() throws {
        let key = try SigningKey(generating: .ed25519)
        let site = try #require(SiteOrigin("https://project.example"))
        #expect(throws: ConfigurationSigner.Failure.self) {
            try ConfigurationSigner(key: key, site: site).sign(
                configuration, .nonce(#"a","version":1,"x-b":"#), now: now)
        }
    }
}
