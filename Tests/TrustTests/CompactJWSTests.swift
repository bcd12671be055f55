import FoundationEssentials
import OpenSSL
import StrictJSON
import Testing

@testable import Trust

struct CompactJWSTests {
    private func key(_ json: String) throws -> PublicJWK {
        try #require(PublicJWK(try JSONValue(parsing: Array(json.utf8))))
    }

    /// The header of these published examples names no key, so their signatures are checked beneath the header's rules.
    @Test func theExampleOfRFC7515AppendixA3Verifies() throws {
        let key = try key(
            #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
                + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#)
        let input =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let signature = try #require(
            Base64URL.decode(
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q".utf8))
        #expect(key.key.verifies(signature, over: Array(input.utf8)))
        #expect(!key.key.verifies(signature, over: Array((input + "A").utf8)))
        // The same file's header is not taken: it names no key.
        let whole = input + "." + Base64URL.encode(signature)
        #expect(throws: TrustError.headerRefused("kid must be the key's thumbprint")) {
            try CompactJWS(Array(whole.utf8))
        }
    }

    @Test func theExampleOfRFC8037AppendixA4Verifies() throws {
        let key = try key(#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)
        #expect(key.thumbprint.description == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        let input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
        let signature = try #require(
            Base64URL.decode(
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg".utf8))
        #expect(key.key.verifies(signature, over: Array(input.utf8)))
    }

    static let algorithms: [SigningKey.Algorithm] = [.es256, .ed25519]

    @Test(arguments: algorithms)
    func whatTheSignerSignsVerifies(algorithm: SigningKey.Algorithm) throws {
        let key = try SigningKey(generating: algorithm)
        let text = try key.sign(Array("{}".utf8), type: "lodger+jws")
        let jws = try CompactJWS(Array(text.utf8))
        try jws.verify(with: key.publicKey)
        #expect(jws.payload == Array("{}".utf8))
        let other = try SigningKey(generating: algorithm)
        #expect(throws: TrustError.signatureInvalid) { try jws.verify(with: other.publicKey) }
    }

    @Test func aKeyOfAnotherKindIsNotUsed() throws {
        let key = try SigningKey(generating: .es256)
        let other = try SigningKey(generating: .ed25519)
        let jws = try CompactJWS(Array(try key.sign([], type: "lodger+jws").utf8))
        #expect(throws: TrustError.self) { try jws.verify(with: other.publicKey) }
    }

    /// Headers that are refused, each beside the signature of the right key.
    static let headers = [
        #"{"alg":"none","kid":"KID","typ":"lodger+jws"}"#,
        #"{"alg":"HS256","kid":"KID","typ":"lodger+jws"}"#,
        #"{"alg":"RS256","kid":"KID","typ":"lodger+jws"}"#,
        #"{"alg":"ES384","kid":"KID","typ":"lodger+jws"}"#,
        #"{"alg":"es256","kid":"KID","typ":"lodger+jws"}"#,
        #"{"alg":1,"kid":"KID","typ":"lodger+jws"}"#,
        #"{"kid":"KID","typ":"lodger+jws"}"#,
        #"{"alg":"Ed25519","typ":"lodger+jws"}"#,
        #"{"alg":"Ed25519","kid":"short","typ":"lodger+jws"}"#,
        #"{"alg":"Ed25519","kid":"KID"}"#,
        #"{"alg":"Ed25519","kid":"KID","typ":"lodger+jws","jwk":{}}"#,
        #"{"alg":"Ed25519","kid":"KID","typ":"lodger+jws","jku":"https://a.example"}"#,
        #"{"alg":"Ed25519","kid":"KID","typ":"lodger+jws","x5u":"https://a.example"}"#,
        #"{"alg":"Ed25519","kid":"KID","typ":"lodger+jws","x5c":[]}"#,
        #"{"alg":"Ed25519","kid":"KID","typ":"lodger+jws","b64":false,"crit":["b64"]}"#,
        #"{"alg":"Ed25519","kid":"KID","typ":"lodger+jws","crit":[]}"#,
        #"{"alg":"Ed25519","alg":"Ed25519","kid":"KID","typ":"lodger+jws"}"#,
        #"{"alg":"none","alg":"Ed25519","kid":"KID","typ":"lodger+jws"}"#,
        #"[]"#, #""#, #"{"#, #"null"#,
    ]

    @Test(arguments: headers)
    func aHeaderThatMeansSomethingElseIsRefused(header: String) throws {
        let key = try SigningKey(generating: .ed25519)
        let text = header.replacing("KID", with: key.publicKey.thumbprint.description)
        let input = Base64URL.encode(Array(text.utf8)) + ".e30"
        let signature = Base64URL.encode(try key.key.sign(Array(input.utf8)))
        #expect(throws: TrustError.self) { try CompactJWS(Array("\(input).\(signature)".utf8)) }
    }

    @Test func bytesThatWereChangedAreRefused() throws {
        let key = try SigningKey(generating: .ed25519)
        let text = try key.sign(Array(#"{"a":1}"#.utf8), type: "lodger+jws")
        let parts = text.split(separator: ".").map(String.init)
        let changed = [
            "\(parts[0]).\(parts[1])", "\(text).", ".\(text)", "\(text).\(parts[2])", "\(parts[0])..\(parts[2])=",
            "\(text)=", "\(text) ", " \(text)", "\(text)\n", "\(parts[0]) .\(parts[1]).\(parts[2])",
            "\(parts[0]).\(parts[1])+.\(parts[2])", "", ".", "..", "\(parts[0]).\(parts[1]).",
            "\(parts[0]).e30.\(parts[2])", "\(parts[0]).\(parts[1]).\(parts[2].dropLast())",
            "\(parts[0]).\(parts[1]).\(Base64URL.encode([UInt8](repeating: 0, count: 64)))",
        ]
        for text in changed {
            #expect(throws: TrustError.self, "\(text)") {
                try CompactJWS(Array(text.utf8)).verify(with: key.publicKey)
            }
        }
    }

    @Test func bitsThatNoByteHoldsAreRefused() {
        #expect(Base64URL.decode("AA".utf8) == [0])
        #expect(Base64URL.decode("AB".utf8) == nil)
        #expect(Base64URL.decode("A".utf8) == nil)
        #expect(Base64URL.decode("AAAA".utf8) == [0, 0, 0])
        #expect(Base64URL.decode("AAA=".utf8) == nil)
        #expect(Base64URL.decode("A+A/".utf8) == nil)
        for count in 0..<70 {
            let bytes = Randomness.bytes(count)
            #expect(Base64URL.decode(Base64URL.encode(bytes).utf8) == bytes)
        }
    }

    @Test func aFileOverTheLimitIsNotRead() {
        #expect(throws: TrustError.self) { try CompactJWS([UInt8](repeating: 0x41, count: 256 * 1024 + 1)) }
    }
}
