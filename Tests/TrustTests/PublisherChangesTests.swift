import Addresses
import FoundationEssentials
import Testing

@testable import Trust

/// What a site may change over time, and what it can never undo.
struct PublisherChangesTests {
    private func isKnown(_ trial: inout Trial) throws -> Bool {
        if case .known = try trial.assess().identity { true } else { false }
    }

    @Test func everyKeyOfTheFirstDocumentIsAccepted() throws {
        try Trial.run { trial in
            let other = try SigningKey(generating: .es256)
            trial.documentMembers["keys"] = "[\(trial.key.publicKey.json),\(other.publicKey.json)]"
            try trial.accept()
            trial.key = other
            #expect(try isKnown(&trial))
        }
    }

    @Test func aKeyThatWasAnnouncedIsAcceptedBeforeItsFirstUse() throws {
        try Trial.run { trial in
            let old = trial.key
            let new = try SigningKey(generating: .es256)
            trial.documentMembers["next"] = "[\(trial.quoted(new))]"
            try trial.accept()
            // The site brings the key in and drops the announcement, but goes on signing with the old one for a while.
            trial.documentMembers = ["keys": "[\(old.publicKey.json),\(new.publicKey.json)]"]
            try trial.book.note(trial.assess())
            trial.documentMembers = [:]
            trial.key = new
            #expect(try isKnown(&trial))
        }
    }

    @Test func aKeyThatNobodyVouchedForIsNotAcceptedByBeingListed() throws {
        try Trial.run { trial in
            let old = trial.key
            let stranger = try SigningKey(generating: .es256)
            try trial.accept()
            trial.documentMembers["keys"] = "[\(old.publicKey.json),\(stranger.publicKey.json)]"
            try trial.book.note(trial.assess())
            trial.documentMembers = [:]
            trial.key = stranger
            #expect(try !isKnown(&trial))
        }
    }

    @Test func anAnnouncementThatWasNeverBackedByASignatureIsNotKept() throws {
        try Trial.run { trial in
            let stranger = try SigningKey(generating: .es256)
            try trial.accept()
            // Whoever holds the web server but no key can write a document, and no configuration.
            trial.documentMembers["next"] = "[\(trial.quoted(stranger))]"
            trial.members["iss"] = "\"https://other.example\""
            #expect(throws: TrustError.wrongIssuer) { try trial.assess() }
            trial.members = [:]
            trial.documentMembers = [:]
            trial.key = stranger
            #expect(try !isKnown(&trial))
        }
    }

    @Test func whatWasTakenBackStaysSoAfterAnotherKeyWasAccepted() throws {
        try Trial.run { trial in
            let stolen = trial.key
            try trial.accept()
            trial.key = try SigningKey(generating: .es256)
            trial.documentMembers["revoked"] = "[\(trial.quoted(stolen))]"
            try trial.accept()
            trial.key = try SigningKey(generating: .ed25519)
            trial.documentMembers = [:]
            try trial.accept()
            trial.key = stolen
            #expect(throws: TrustError.keyRevoked) { try trial.assess() }
        }
    }

    @Test func aKeyThatIsTakenBackWhileTheOwnerDecidesStaysTakenBack() throws {
        try Trial.run { trial in
            try trial.accept(remember: false)
            let assessment = try trial.assess()
            #expect(!trial.book.isRevoked(assessment.verified))
            trial.documentMembers["revoked"] = "[\(trial.quoted(trial.key))]"
            try trial.book.noteRevocations(in: trial.document(), of: trial.site)
            #expect(trial.book.isRevoked(assessment.verified))
            try trial.book.accept(assessment, remember: true, now: trial.now)
            #expect(trial.book.grants().isEmpty)
            trial.documentMembers = [:]
            #expect(throws: TrustError.keyRevoked) { try trial.assess() }
            #expect(throws: TrustError.keyRevoked) { try trial.assess(reachable: false) }
        }
    }

    @Test func aListOfRevocationsThatIsNotRightMakesTheDocumentUseless() throws {
        try Trial.run { trial in
            for list in ["[\"short\"]", "{}", "7", "[7]", "\"\(String(repeating: "A", count: 43))\""] {
                trial.documentMembers["revoked"] = list
                #expect(throws: TrustError.self, "\(list)") { try trial.assess() }
            }
            // Even where it should have been an array of one.
            trial.documentMembers["revoked"] = trial.quoted(trial.key)
            #expect(throws: TrustError.keyRevoked) { try trial.assess() }
        }
    }

    @Test func aSiteThatTakesBackMoreThanAnybodyHasIsAskedAboutAnew() throws {
        try Trial.run { trial in
            try trial.accept()
            for _ in 0..<5 {
                let keys = (0..<250).map { _ in "\"\(Secret.text())\"" }.joined(separator: ",")
                trial.documentMembers["revoked"] = "[\(keys)]"
                try trial.book.noteRevocations(in: trial.document(), of: trial.site)
            }
            trial.documentMembers = [:]
            #expect(try trial.assess().mustAsk)
            #expect(try !isKnown(&trial))
            #expect(throws: TrustError.keyUnknown) { try trial.assess(reachable: false) }
        }
    }

    @Test func eachConfigurationHasNumbersOfItsOwn() throws {
        try Trial.run { trial in
            trial.members = ["nonce": "", "version": "7"]
            try trial.accept()
            trial.members["name"] = "\"Other\""
            trial.members["version"] = "2"
            try trial.accept()
            #expect(try !trial.assess().mustAsk)
            trial.members["name"] = "\"Demo\""
            #expect(throws: TrustError.rolledBack(seen: 7, got: 2)) { try trial.assess() }
            trial.members["version"] = "7"
            #expect(try !trial.assess().mustAsk)
        }
    }

    @Test func anOldFileAtAnotherAddressIsStillOld() throws {
        try Trial.run { trial in
            trial.members = ["nonce": "", "version": "7"]
            try trial.accept()
            trial.members["version"] = "6"
            let file = try trial.file()
            let elsewhere = SecureURL(origin: trial.site, path: "/uploads/old.jws")
            #expect(throws: TrustError.rolledBack(seen: 7, got: 6)) {
                try trial.book.assess(
                    file, from: elsewhere, of: trial.site, nonce: trial.nonce, document: trial.document(),
                    now: trial.now)
            }
        }
    }

    @Test func theListOfImagesHoldsWhileTheDocumentCannotBeFetched() throws {
        try Trial.run { trial in
            trial.documentMembers["images"] = #"["https://images.example"]"#
            try trial.accept()
            _ = try trial.assess(reachable: false)
            trial.members["disks"] = """
                [{"url":"https://elsewhere.example/a","sha256":"\(String(repeating: "a", count: 64))","size":1000,
                "format":"raw"}]
                """
            #expect(throws: TrustError.self) { try trial.assess(reachable: false) }
        }
    }

    @Test func anEmptyNonceIsNobodysNonce() throws {
        try Trial.run { trial in
            trial.members["nonce"] = "\"\""
            let file = try trial.file()
            #expect(throws: TrustError.wrongNonce) {
                try SignedFileReport(
                    checking: file, document: trial.document(), site: trial.site, nonce: nil, now: trial.now)
            }
        }
    }

    @Test func aConfigurationThatEndsBeforeItBeginsIsRefused() throws {
        try Trial.run { trial in
            for life in [0, -1] {
                trial.life = life
                #expect(throws: TrustError.self) { try trial.assess() }
            }
        }
    }

    @Test func aNameThatHidesSomethingMakesTheDocumentUseless() throws {
        try Trial.run { trial in
            for name in [#""a\u202eb""#, #""a\u001b[31m""#, "\"a\(String(repeating: "\u{301}", count: 40))\"", #""""#] {
                trial.documentMembers["name"] = name
                #expect(throws: TrustError.self, "\(name)") { try trial.assess() }
            }
            trial.documentMembers["name"] = #""Project""#
            _ = try trial.assess()
        }
    }

    @Test func aRefusalRepeatsNothingThatATerminalWouldObey() throws {
        let key = try SigningKey(generating: .ed25519)
        for header in [
            #"{"alg":"\u001b[31m\#(String(repeating: "x", count: 5000))","kid":"\#(key.publicKey.thumbprint)"}"#,
            #"{"alg":"Ed25519","\u001b]0;x\u0007\#(String(repeating: "x", count: 5000))":1}"#,
        ] {
            let file = Array((Base64URL.encode(Array(header.utf8)) + ".e30.AAAA").utf8)
            let refusal = #expect(throws: TrustError.self) { try CompactJWS(file) }
            let text = refusal.map { "\($0)" } ?? ""
            #expect(text.contains("?"))
            #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            #expect(text.unicodeScalars.count < 200)
        }
    }
}
