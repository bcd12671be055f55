import OpenSSL
import Testing

struct KeyTests {
    static let makers: [@Sendable () throws -> PrivateKey] = [
        { try PrivateKey.generateP256() }, { try PrivateKey.generateEd25519() },
    ]

    @Test(arguments: [0, 1])
    func aSignatureFitsItsMessageAndKeyOnly(maker: Int) throws {
        let key = try Self.makers[maker]()
        let message = Array("a machine, please".utf8)
        let signature = try key.sign(message)
        #expect(signature.count == 64)
        #expect(key.publicKey.verifies(signature, over: message))
        #expect(!key.publicKey.verifies(signature, over: message + [0]))
        #expect(!key.publicKey.verifies(Array(signature.dropLast()), over: message))
        #expect(!key.publicKey.verifies(signature + [0], over: message))
        #expect(!key.publicKey.verifies([UInt8](repeating: 0, count: 64), over: message))
        for index in [0, 31, 32, 63] {
            var bent = signature
            bent[index] ^= 1
            #expect(!key.publicKey.verifies(bent, over: message))
        }
        let other = try Self.makers[maker]()
        #expect(!other.publicKey.verifies(signature, over: message))
    }

    @Test(arguments: [0, 1])
    func aKeyComesBackFromItsFile(maker: Int) throws {
        let key = try Self.makers[maker]()
        let again = try #require(PrivateKey(pem: try key.pem()))
        let signature = try again.sign([1, 2, 3])
        #expect(key.publicKey.verifies(signature, over: [1, 2, 3]))
    }

    @Test func aKeyIsKnownByItsCoordinates() throws {
        let p256 = try PrivateKey.generateP256()
        let (x, y) = p256.publicKey.coordinates
        let same = try #require(PublicKey.p256(x: x, y: y))
        #expect(same.verifies(try p256.sign([1]), over: [1]))
        let ed25519 = try PrivateKey.generateEd25519()
        let other = try #require(PublicKey.ed25519(ed25519.publicKey.coordinates.x))
        #expect(other.verifies(try ed25519.sign([1]), over: [1]))
    }

    @Test func aPointBesideTheCurveIsNoKey() throws {
        var (x, y) = try PrivateKey.generateP256().publicKey.coordinates
        #expect(PublicKey.p256(x: x, y: y) != nil)
        y[31] ^= 1
        #expect(PublicKey.p256(x: x, y: y) == nil)
        #expect(PublicKey.p256(x: Array(x.dropLast()), y: y) == nil)
        x.append(0)
        #expect(PublicKey.p256(x: x, y: y) == nil)
    }

    @Test func everyKeyForEd25519ThatIsMadeIsTaken() throws {
        for _ in 0..<50 {
            let key = try PrivateKey.generateEd25519()
            #expect(PublicKey.ed25519(key.publicKey.coordinates.x) != nil)
        }
    }

    /// Encodings as they come, little-endian: the points of small order, one that is too large, one beside the curve.
    static let unsound = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0200000000000000000000000000000000000000000000000000000000000000",
    ]

    @Test(arguments: unsound)
    func aKeyForEd25519ThatIsNoSoundPointIsNotTaken(text: String) {
        let digits = Array(text)
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
        #expect(bytes.count == 32)
        #expect(PublicKey.ed25519(bytes) == nil)
    }

    @Test func aFileThatHoldsNoKeyIsNotTaken() {
        #expect(PrivateKey(pem: Array("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".utf8)) == nil)
        #expect(PrivateKey(pem: []) == nil)
    }

    @Test func hashesAreThoseOfTheStandard() {
        let hash = Digest.sha256(Array("abc".utf8))
        #expect(hash.prefix(4) == [0xBA, 0x78, 0x16, 0xBF])
        #expect(hash.suffix(2) == [0x15, 0xAD])
        #expect(Digest.sha512([]).prefix(4) == [0xCF, 0x83, 0xE1, 0x35])
    }
}
