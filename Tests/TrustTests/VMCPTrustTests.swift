import Addresses
import FoundationEssentials
import OpenSSL
import Testing

@testable import Trust

/// Whom an older configuration is taken from.
struct VMCPTrustTests {
    @Test func aSiteOnTheListIsAskedAboutOnce() throws {
        try VMCPTrial.run { trial in
            let first = try trial.accept()
            #expect(first.mustAsk)
            #expect(first.verified.token != nil)
            let second = try trial.assess()
            #expect(!second.mustAsk)
            #expect(trial.book.covers(second.verified, now: trial.now))
        }
    }

    @Test func anotherSecretIsAnotherToken() throws {
        try VMCPTrial.run { trial in
            let token = try trial.assess().verified.token
            #expect(try trial.assess().verified.token == token)
            trial.members["secret"] = "\"other\""
            #expect(try trial.assess().verified.token != token)
        }
    }

    @Test(arguments: ["https://project.example:8443", "https://other.example", "https://www.project.example"])
    func aKeyOfTheListStandsForExactlyOneOrigin(origin: String) throws {
        try VMCPTrial.run { trial in
            let site = try #require(SiteOrigin(origin))
            let challenge = trial.book.challenge(to: site, in: .vmcp)
            let file = try trial.file(answering: challenge)
            #expect(throws: TrustError.keyUnknown) {
                try trial.book.assess(
                    file, answering: challenge, from: SecureURL(origin: site, path: "/vmcp"), of: site, document: nil,
                    sizes: trial.sizes, now: trial.now)
            }
        }
    }

    @Test func theSitesOwnDocumentCountsMoreThanTheList() throws {
        try VMCPTrial.run { trial in
            let own = try PrivateKey.generateRSA()
            trial.documentMembers["legacy_key"] = "\"\(VMCPTrial.text(of: own))\""
            #expect(throws: TrustError.signatureInvalid) { try trial.assess() }
            trial.key = own
            _ = try trial.assess()
        }
    }

    @Test(arguments: [("legacy_key", "7"), ("legacy_key", "\"AAAA\""), ("version", "2"), ("expires", "1")])
    func aDocumentThatIsNotRightIsRefused(member: String, value: String) throws {
        try VMCPTrial.run { trial in
            trial.documentMembers["legacy_key"] = "\"\(VMCPTrial.text(of: trial.key))\""
            _ = try trial.assess()
            trial.documentMembers[member] = value
            #expect(throws: TrustError.self) { try trial.assess() }
        }
    }

    @Test func aKeyThatTheSiteTakesBackIsRefused() throws {
        try VMCPTrial.run { trial in
            let thumbprint = try trial.accept().verified.key
            trial.documentMembers["legacy_key"] = "\"\(VMCPTrial.text(of: trial.key))\""
            trial.documentMembers["revoked"] = "[\"\(thumbprint)\"]"
            #expect(throws: TrustError.keyRevoked) { try trial.assess() }
            let document = try #require(trial.document())
            try trial.book.noteRevocations(in: document, of: trial.site)
            trial.documentMembers = [:]
            #expect(throws: TrustError.keyRevoked) { try trial.assess() }
        }
    }

    @Test func aSiteWithoutAnOlderKeyIsNotTakenBack() throws {
        try VMCPTrial.run { trial in
            let modern = try SigningKey(generating: .ed25519)
            trial.documentMembers["keys"] = "[\(modern.publicKey.json)]"
            #expect(throws: TrustError.downgrade) { try trial.assess() }
            trial.documentMembers["legacy_key"] = "\"\(VMCPTrial.text(of: trial.key))\""
            _ = try trial.assess()
        }
    }

    @Test func aSiteThatHasShownANewerKeyIsNeverTakenBack() throws {
        try VMCPTrial.run { trial in
            let modern = try SigningKey(generating: .ed25519)
            trial.documentMembers["keys"] = "[\(modern.publicKey.json)]"
            trial.documentMembers["legacy_key"] = "\"\(VMCPTrial.text(of: trial.key))\""
            try trial.accept()
            let issued = Int(trial.now.timeIntervalSince1970)
            let payload = """
                {"iss":"\(trial.site)","aud":"lodger","iat":\(issued),"exp":\(issued + 60),"nonce":"n","name":"Demo",
                "vm":{"cpus":1,"memory":64},"disks":[{"url":"https://images.example/a","size":1,"format":"raw",
                "sha256":"\(String(repeating: "a", count: 64))"}]}
                """
            let file = Array(try modern.sign(Array(payload.utf8), type: "lodger+jws").utf8)
            let assessment = try trial.book.assess(
                file, from: trial.source, of: trial.site, nonce: "n", document: trial.document(), now: trial.now)
            #expect(assessment.identity == .known(modern.publicKey.thumbprint, since: trial.now))
            try trial.book.accept(assessment, remember: true, now: trial.now)
            #expect(throws: TrustError.downgrade) { try trial.assess() }
            trial.documentMembers = [:]
            #expect(throws: TrustError.downgrade) { try trial.assess() }
        }
    }

    @Test func anotherKeyOfTheSiteIsAWarning() throws {
        try VMCPTrial.run { trial in
            let old = try trial.accept().verified.key
            trial.key = try PrivateKey.generateRSA()
            try trial.publish(["project.example": trial.key])
            let assessment = try trial.assess()
            #expect(assessment.identity == .changed(from: old, to: assessment.verified.key))
            #expect(assessment.mustAsk)
        }
    }

    @Test func aDocumentOfAnotherOriginIsTakenOnlyIfTheSiteListsIt() throws {
        try VMCPTrial.run { trial in
            let elsewhere = try #require(SecureURL("https://online.example/vmcp"))
            let challenge = trial.book.challenge(to: trial.site, in: .vmcp)
            let file = try trial.file(answering: challenge)
            #expect(throws: TrustError.endpointNotListed) {
                try trial.book.assess(
                    file, answering: challenge, from: elsewhere, of: trial.site, document: nil, sizes: trial.sizes,
                    now: trial.now)
            }
        }
    }

    @Test func aListThatIsNotSignedLeavesTheOneBefore() throws {
        try VMCPTrial.run { trial in
            let stranger = try PrivateKey.generateRSA()
            let list = Array("project.example=\(VMCPTrial.text(of: stranger))\n".utf8)
            let signature = try stranger.sign(list)
            for _ in 0..<2 {
                #expect(throws: TrustError.signatureInvalid) {
                    try trial.keyring.replace(list: list, signature: signature)
                }
                _ = try trial.assess()
            }
            let good = try trial.root.sign(list)
            #expect(throws: TrustError.signatureInvalid) {
                try trial.keyring.replace(list: list + [0x0A], signature: good)
            }
        }
    }

    @Test func aKeyThatLeavesTheListIsNotTakenAnyMore() throws {
        try VMCPTrial.run { trial in
            try trial.accept()
            try trial.publish(["other.example": trial.key])
            #expect(throws: TrustError.keyUnknown) { try trial.assess() }
        }
    }

    @Test func linesThatHoldNoKeyNameNobody() throws {
        try VMCPTrial.run { trial in
            let text = VMCPTrial.text(of: trial.key)
            let list = Array(
                "# a list\n\nx=AAAA\nproject.example\nproject.example=\(text)\nshort=\(text.prefix(40))\r\n".utf8)
            #expect(try trial.keyring.replace(list: list, signature: try trial.root.sign(list)) == 1)
            _ = try trial.assess()
        }
    }

    @Test func aChallengeIsWhatOlderServersExpect() throws {
        try VMCPTrial.run { trial in
            let challenge = trial.book.challenge(to: trial.site, in: .vmcp)
            #expect(challenge.nonce.count == 64)
            #expect(challenge.nonce.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
            #expect(challenge.host.count == 64)
            let url = try #require(SecureURL("https://project.example/vmcp?tag=1"))
            #expect(
                challenge.address(url).target == "/vmcp?tag=1&cvm_salt=\(challenge.nonce)&cvm_hostid=\(challenge.host)")
            let again = trial.book.challenge(to: trial.site, in: .vmcp)
            #expect(again.nonce != challenge.nonce)
            #expect(again.host == challenge.host)
            let other = try #require(SiteOrigin("https://other.example"))
            #expect(trial.book.challenge(to: other, in: .vmcp).host != challenge.host)
        }
    }
}
