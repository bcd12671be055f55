import FoundationEssentials
import Testing

@testable import Trust

struct PublisherTests {
    @Test func anAcceptedKeyIsKnownSinceThen() throws {
        try Trial.run { trial in
            let first = trial.now
            try trial.accept()
            trial.now += 86400
            let assessment = try trial.assess()
            #expect(assessment.identity == .known(trial.key.publicKey.thumbprint, since: first))
            #expect(!assessment.mustAsk)
        }
    }

    @Test func anotherKeyIsChanged() throws {
        try Trial.run { trial in
            let old = trial.key
            try trial.accept()
            trial.key = try SigningKey(generating: .es256)
            let assessment = try trial.assess()
            #expect(
                assessment.identity == .changed(from: old.publicKey.thumbprint, to: trial.key.publicKey.thumbprint))
            #expect(assessment.mustAsk)
            #expect(!trial.book.covers(assessment.verified, now: trial.now))
            try trial.book.accept(assessment, remember: false, now: trial.now)
            #expect(trial.book.grants().isEmpty)
        }
    }

    @Test func anAnnouncedKeyIsKnown() throws {
        try Trial.run { trial in
            let new = try SigningKey(generating: .es256)
            trial.documentMembers["next"] = "[\(trial.quoted(new))]"
            try trial.accept()
            trial.documentMembers = [:]
            trial.key = new
            let assessment = try trial.assess()
            guard case .known = assessment.identity else {
                Issue.record("\(assessment.identity)")
                return
            }
        }
    }

    /// A statement over the new key, signed by somebody.
    private func statement(
        by signer: SigningKey, over key: SigningKey, site: String = "https://project.example",
        type: String = "lodger-rotation+jws"
    ) throws -> String {
        let payload = #"{"iss":"\#(site)","keys":["\#(key.publicKey.thumbprint)"]}"#
        return "[\"\(try signer.sign(Array(payload.utf8), type: type))\"]"
    }

    @Test func aKeyThatAnAcceptedOneVouchesForIsKnown() throws {
        try Trial.run { trial in
            let old = trial.key
            try trial.accept()
            trial.key = try SigningKey(generating: .es256)
            trial.documentMembers["rotation"] = try statement(by: old, over: trial.key)
            guard case .known = try trial.assess().identity else {
                Issue.record("not known")
                return
            }
        }
    }

    @Test func aVoucherThatIsNotRightIsWorthNothing() throws {
        try Trial.run { trial in
            let old = trial.key
            try trial.accept()
            trial.key = try SigningKey(generating: .es256)
            let stranger = try SigningKey(generating: .ed25519)
            let statements = [
                try statement(by: stranger, over: trial.key), try statement(by: trial.key, over: trial.key),
                try statement(by: old, over: stranger),
                try statement(by: old, over: trial.key, site: "https://other.example"),
                try statement(by: old, over: trial.key, type: "lodger+jws"), #"["nonsense"]"#,
            ]
            for statement in statements {
                trial.documentMembers["rotation"] = statement
                guard case .changed = try trial.assess().identity else {
                    Issue.record("\(statement)")
                    return
                }
            }
        }
    }

    @Test func aRevokedKeyVouchesForNobody() throws {
        try Trial.run { trial in
            let old = trial.key
            try trial.accept()
            trial.key = try SigningKey(generating: .es256)
            trial.documentMembers["rotation"] = try statement(by: old, over: trial.key)
            trial.documentMembers["revoked"] = "[\(trial.quoted(old))]"
            guard case .changed = try trial.assess().identity else {
                Issue.record("a revoked key vouched")
                return
            }
        }
    }

    @Test func aRevokedKeyIsRefusedEvenInADocumentThatIsWrongOtherwise() throws {
        try Trial.run { trial in
            try trial.accept()
            trial.documentMembers["revoked"] = "[\(trial.quoted(trial.key))]"
            #expect(throws: TrustError.keyRevoked) { try trial.assess() }
            trial.documentMembers["version"] = "99"
            #expect(throws: TrustError.keyRevoked) { try trial.assess() }
        }
    }

    @Test func aRevocationIsRemembered() throws {
        try Trial.run { trial in
            try trial.accept()
            trial.documentMembers["revoked"] = "[\(trial.quoted(trial.key))]"
            try trial.book.noteRevocations(in: trial.document(), of: trial.site)
            trial.documentMembers = [:]
            #expect(throws: TrustError.keyRevoked) { try trial.assess() }
            #expect(throws: TrustError.keyRevoked) { try trial.assess(reachable: false) }
        }
    }

    @Test func withoutADocumentOnlyAnAcceptedKeyIsGoodAndNothingIsRemembered() throws {
        try Trial.run { trial in
            #expect(throws: TrustError.keyUnknown) { try trial.assess(reachable: false) }
            try trial.accept()
            let assessment = try trial.assess(reachable: false)
            #expect(!assessment.mayRemember)
            #expect(!assessment.mustAsk)
            trial.key = try SigningKey(generating: .ed25519)
            #expect(throws: TrustError.keyUnknown) { try trial.assess(reachable: false) }
        }
    }

    @Test func aDocumentOlderThanThirtyDaysMakesUsAskAgain() throws {
        try Trial.run { trial in
            try trial.accept()
            trial.now += 31 * 86400
            #expect(try trial.assess(reachable: false).mustAsk)
        }
    }

    @Test func aKeyThatTheSiteNoLongerListsIsNotTaken() throws {
        try Trial.run { trial in
            try trial.accept()
            let other = try SigningKey(generating: .ed25519)
            trial.documentMembers["keys"] = "[\(other.publicKey.json)]"
            #expect(throws: TrustError.keyUnknown) { try trial.assess() }
        }
    }

    @Test func aSiteKnowsThisComputerByAnotherNameThanItsNeighbour() throws {
        try Trial.run { trial in
            let name = trial.book.pseudonym(of: trial.site)
            #expect(trial.book.pseudonym(of: trial.site) == name)
            try trial.accept()
            #expect(trial.book.pseudonym(of: trial.site) == name)
            try trial.book.revoke(trial.site)
            #expect(trial.book.pseudonym(of: trial.site) != name)
        }
    }
}
