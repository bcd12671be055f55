import Addresses
import FoundationEssentials
import MachineConfig
import Testing

@testable import Trust

struct AssessingTests {
    @Test func aConfigurationOfTheSiteIsVerified() throws {
        try Trial.run { trial in
            let assessment = try trial.assess()
            #expect(assessment.verified.configuration.name == "Demo")
            #expect(assessment.identity == .firstTime(trial.key.publicKey.thumbprint))
            #expect(assessment.mustAsk)
        }
    }

    /// What is changed in the payload, and what the refusal must be.
    static let payloads: [(String, String, TrustError)] = [
        ("iss", "\"https://other.example\"", .wrongIssuer), ("iss", "\"https://project.example/\"", .wrongIssuer),
        ("iss", "", .wrongIssuer), ("iss", "\"https://PROJECT.example\"", .wrongIssuer),
        ("aud", "\"other\"", .wrongAudience), ("aud", "[\"lodger\"]", .wrongAudience), ("aud", "", .wrongAudience),
        ("nonce", "\"another\"", .wrongNonce), ("nonce", "1", .wrongNonce), ("nonce", "\"\"", .wrongNonce),
    ]

    @Test(arguments: payloads)
    func aSignedPayloadForSomebodyElseIsRefused(member: String, value: String, refusal: TrustError) throws {
        try Trial.run { trial in
            trial.members[member] = value
            #expect(throws: refusal) { try trial.assess() }
        }
    }

    @Test(arguments: ["iat", "exp"], ["", "\"1\"", "1.5", "-1", "9223372036854775807"])
    func aTimeThatIsNoTimeIsRefused(member: String, value: String) throws {
        try Trial.run { trial in
            trial.members[member] = value
            #expect(throws: TrustError.self) { try trial.assess() }
        }
    }

    @Test func clocksMayDifferByFiveMinutesAndNoMore() throws {
        try Trial.run { trial in
            for (ago, refusal) in [(-299, nil), (-301, TrustError.notYetValid), (599, nil), (601, .expired)] {
                trial.issuedAgo = ago
                if let refusal {
                    #expect(throws: refusal) { try trial.assess() }
                } else {
                    _ = try trial.assess()
                }
            }
        }
    }

    @Test func aDynamicConfigurationLivesTenMinutesAtMost() throws {
        try Trial.run { trial in
            trial.life = 600
            _ = try trial.assess()
            trial.life = 601
            #expect(throws: TrustError.self) { try trial.assess() }
        }
    }

    @Test func aConfigurationHasANonceOrANumberAndNotBoth() throws {
        try Trial.run { trial in
            trial.members["version"] = "1"
            #expect(throws: TrustError.self) { try trial.assess() }
            trial.members["nonce"] = ""
            _ = try trial.assess()
            trial.members["version"] = ""
            #expect(throws: TrustError.self) { try trial.assess() }
        }
    }

    @Test func anOlderNumberIsRefusedAndANewOneIsAskedAbout() throws {
        try Trial.run { trial in
            trial.members = ["nonce": "", "version": "7"]
            trial.life = 90 * 86400
            try trial.accept()
            #expect(try trial.assess().mustAsk == false)
            trial.members["version"] = "6"
            #expect(throws: TrustError.rolledBack(seen: 7, got: 6)) { try trial.assess() }
            trial.members["version"] = "8"
            #expect(try trial.assess().mustAsk)
            trial.life = 90 * 86400 + 1
            #expect(throws: TrustError.self) { try trial.assess() }
        }
    }

    @Test func anotherTypeOfSignedFileIsNoConfiguration() throws {
        try Trial.run { trial in
            trial.type = "lodger-rotation+jws"
            #expect(throws: TrustError.self) { try trial.assess() }
            trial.type = "JWT"
            #expect(throws: TrustError.self) { try trial.assess() }
        }
    }

    @Test func aFaultOfTheConfigurationNamesItsField() throws {
        try Trial.run { trial in
            trial.members["vm"] = #"{"cpus":0,"memory":256}"#
            do {
                _ = try trial.assess()
                Issue.record("taken")
            } catch TrustError.configuration(let fault) {
                #expect(fault.field == "vm.cpus")
            }
        }
    }

    @Test func anAddressThatTheSiteDoesNotListIsRefused() throws {
        try Trial.run { trial in
            let file = try trial.file()
            let elsewhere = try #require(SecureURL("https://cdn.example/vm.jws"))
            #expect(throws: TrustError.endpointNotListed) {
                try trial.book.assess(
                    file, from: elsewhere, of: trial.site, nonce: trial.nonce, document: trial.document(),
                    now: trial.now)
            }
            trial.documentMembers["configurations"] = #"["https://cdn.example"]"#
            _ = try trial.book.assess(
                file, from: elsewhere, of: trial.site, nonce: trial.nonce, document: trial.document(), now: trial.now)
        }
    }

    @Test func anImageOfAnOriginThatTheSiteDoesNotListIsRefused() throws {
        try Trial.run { trial in
            trial.documentMembers["images"] = #"["https://elsewhere.example"]"#
            #expect(throws: TrustError.self) { try trial.assess() }
            trial.documentMembers["images"] = #"["https://images.example"]"#
            _ = try trial.assess()
        }
    }

    @Test(arguments: [
        ("version", "2"), ("version", ""), ("expires", ""), ("expires", "\"soon\""), ("keys", "[]"), ("keys", ""),
        ("keys", #"[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]"#), ("keys", #"[{"kty":"RSA"}]"#),
        ("next", #"["short"]"#), ("configurations", #"["http://a.example"]"#), ("configurations", #""https://a""#),
        ("images", #"["https://a.example/"]"#), ("rotation", "1"), ("name", "7"),
    ])
    func aSiteDocumentThatIsNotRightIsRefused(member: String, value: String) throws {
        try Trial.run { trial in
            trial.documentMembers[member] = value
            #expect(throws: TrustError.self) { try trial.assess() }
        }
    }

    @Test func aPrivateKeyInADocumentIsNotTaken() throws {
        try Trial.run { trial in
            let json = trial.key.publicKey.json.dropLast() + #","d":"AAAA"}"#
            trial.documentMembers["keys"] = "[\(json)]"
            #expect(throws: TrustError.self) { try trial.assess() }
        }
    }

    @Test func anExpiredDocumentIsRefused() throws {
        try Trial.run { trial in
            trial.documentMembers["expires"] = "\(Int(trial.now.timeIntervalSince1970))"
            #expect(throws: TrustError.siteDocumentExpired) { try trial.assess() }
        }
    }
}
