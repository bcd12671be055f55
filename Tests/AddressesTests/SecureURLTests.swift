import FoundationEssentials
import Testing

@testable import Addresses

@Suite struct SecureURLTests {
    @Test(arguments: [
        ("https://a.example", "https://a.example", "/"),
        ("https://a.example/", "https://a.example", "/"),
        ("https://a.example:443/vm.jws", "https://a.example", "/vm.jws"),
        ("https://a.example:8443/vm.jws?x=1&y=%2F", "https://a.example:8443", "/vm.jws?x=1&y=%2F"),
        ("https://a.example?x", "https://a.example", "/?x"),
        ("https://a.example/%41/~b/(c)/d,e;f=g'", "https://a.example", "/%41/~b/(c)/d,e;f=g'"),
        ("https://a.example/u@b:c", "https://a.example", "/u@b:c"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]", "/x"),
        ("http://localhost:8000/x", "http://localhost:8000", "/x"),
    ])
    func anAddressIsAnOriginAndATarget(text: String, origin: String, target: String) throws {
        let url = try #require(SecureURL(text))
        #expect(url.origin == SiteOrigin(origin))
        #expect(url.target == target)
        #expect(url.description == origin + target)
    }

    @Test(arguments: [
        "", "/vm.jws", "vm.jws", "http://a.example/x", "http://127.0.0.1/x", "ftp://a.example/x", "file:///etc/passwd",
        "HTTPS://a.example/x", "https://A.example/x", "https://user@a.example/x", "https://a.example\\@evil.tld/",
        "https://a.example/x#y", "https://a.example#y", "https://a.example/a b", "https://a.example/\u{0}",
        "https://a.example/\r\nHost:x", "https://a.example/ü", "https://a.example/\\x", "https://a.example/\"",
        "https://a.example/<x>",
        "https://a.example/`x`", "https://a.example/%", "https://a.example/%4", "https://a.example/%zz",
        "https://a.example?%",
        "https://a.example:0/", "https://a.example:99999/", "https://a.example:/", "https://2130706433/",
        "https://127.1/",
        "https://0x7f.1/", "https://[::ffff:127.0.0.1]/", "https:///x", "https://a.example./x",
        "https://a.example/" + String(repeating: "x", count: 2048),
        // 2048 bytes, but one more with the slash that is missing.
        "https://a.example?" + String(repeating: "x", count: 2030),
    ])
    func everythingElseIsNoAddress(text: String) {
        #expect(SecureURL(text) == nil)
    }

    @Test func parametersAreAppendedToAnyTarget() throws {
        let plain = try #require(SecureURL("https://a.example/vm.jws"))
        #expect(plain.appending(query: "nonce", "x").target == "/vm.jws?nonce=x")
        #expect(plain.appending(query: "nonce", "x").appending(query: "host", "y").target == "/vm.jws?nonce=x&host=y")
    }

    @Test func aRecordWithABadAddressDoesNotDecode() throws {
        let bad = Data(#"["http://a.example/"]"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([SecureURL].self, from: bad) }
        let good = try JSONDecoder().decode([SecureURL].self, from: Data(#"["https://a.example/"]"#.utf8))
        #expect(try JSONDecoder().decode([SecureURL].self, from: JSONEncoder().encode(good)) == good)
    }
}
