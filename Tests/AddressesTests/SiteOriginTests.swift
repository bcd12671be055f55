import Testing

@testable import Addresses

@Suite struct SiteOriginTests {
    @Test(arguments: [
        "https://a.example", "https://a.example:8443", "https://a.example:80", "https://a.example:65535",
        "https://a.example:1", "https://sub.a-b.example", "https://a_b.example", "https://xn--bcher-kva.example",
        "https://xn--80ak6aa92e.com", "https://1a.example", "https://127.example", "https://192.0.2.1",
        "https://192.0.2.1:8443", "https://[2001:db8::1]", "https://[2001:db8::1]:8443", "https://[::1]",
        "https://intranet",
        "https://localhost", "http://localhost", "http://localhost:8000",
        "https://" + String(repeating: "a", count: 63) + ".example",
        // A site of its own, whatever it looks like.
        "https://a.example.evil.tld", "https://a.example-evil.tld", "https://evil-a.example",
    ])
    func whatABrowserSendsIsTakenAsItIs(text: String) throws {
        let origin = try #require(SiteOrigin(text))
        #expect(origin.description == text)
    }

    @Test(arguments: [
        // Not an origin of a page on the web.
        "", "null", "*", "https", "https:", "https:/", "https://", "//a.example", "a.example", "file://",
        "file:///etc/passwd",
        "ftp://a.example", "ws://a.example", "wss://a.example", "data:text/html,x", "blob:https://a.example/1",
        "about:blank", "javascript://a.example", "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        "moz-extension://0b7e7f0c-3a52-4a5e-8b44-1f6f0f3d6a11", "safari-web-extension://x", "app://a.example",
        "http://a.example", "http://127.0.0.1", "http://127.0.0.1:5624", "http://[::1]", "http://localhost.evil.tld",
        "http://localhost.", "http://evil.localhost", "http://localhost:80", "http://localhost:0",
        // One character too many.
        "https://a.example/", "https://a.example/x", "https://a.example?", "https://a.example?x=1",
        "https://a.example#",
        "https://a.example\\", " https://a.example", "https://a.example ", "https://a.example\n",
        "https://a.example\r\nx: y",
        "https://a.example\t", "https://a.example\u{0}", "https://a.example%00", "https://a.example%00.evil.tld",
        "https://a.example%2eevil.tld", "https://a.example,https://b.example", "https://a.example https://b.example",
        "https://a.example;x", "https://a.example&x",
        // User information.
        "https://user@a.example", "https://user:secret@a.example", "https://a.example@evil.tld", "https://@a.example",
        "https://:@a.example", "https://a.example:443@evil.tld",
        // Names.
        "https://a.example.", "https://.a.example", "https://a..example", "https://.", "https://-a.example",
        "https://a-.example", "https://a.example-", "https://*.example", "https://a*.example",
        "https://a.example:a.example",
        "https://" + String(repeating: "a", count: 64) + ".example",
        "https://" + String(repeating: "a.", count: 127) + "example",
        // Case and other alphabets: browsers send lower case and punycode.
        "HTTPS://a.example", "Https://a.example", "https://A.example", "https://a.EXAMPLE", "https://bücher.example",
        "https://а.example", "https://a。example", "https://ａ.example", "https://a.example\u{200B}",
        "https://\u{212A}.example",
        // Ports.
        "https://a.example:", "https://a.example:0", "https://a.example:443", "https://a.example:0443",
        "https://a.example:08443", "https://a.example:65536", "https://a.example:99999999999999999999",
        "https://a.example:+8443", "https://a.example:-1", "https://a.example:8443:8443", "https://a.example:80a",
        "https://a.example: 8443", "https://a.example:٨٤٤٣",
        // An address in another spelling is a second name for the same host.
        "https://2130706433", "https://0x7f.1", "https://127.1", "https://0177.0.0.1", "https://127.0.0.01",
        "https://127.0.0.1.", "https://0x7f000001", "https://1.2.3.4.5", "https://256.0.0.1", "https://1.2.3.0x4",
        "https://a.example.1", "https://1.2.3", "https://0",
        "https://[::1", "https://::1", "https://[]", "https://[::1]x", "https://[::1]8443", "https://[::1]:",
        "https://[127.0.0.1]",
        "https://[::ffff:127.0.0.1]", "https://[0:0:0:0:0:0:0:1]", "https://[2001:DB8::1]", "https://[2001:0db8::1]",
        "https://[2001:db8:0:0::1]", "https://[fe80::1%25eth0]", "https://[fe80::1%eth0]", "https://[[::1]]",
        "https://[v1.x]", "https://[1.2.3.4::]",
    ])
    func everythingElseIsNoSite(text: String) {
        #expect(SiteOrigin(text) == nil)
    }

    @Test func onlyTheWholeTupleMakesTwoOriginsEqual() throws {
        let site = try #require(SiteOrigin("https://a.example"))
        #expect(site == SiteOrigin("https://a.example"))
        for other in [
            "https://a.example:444", "https://b.example", "https://a.example.evil.tld", "https://www.a.example",
        ] {
            #expect(site != SiteOrigin(other))
        }
        #expect(SiteOrigin("https://localhost") != SiteOrigin("http://localhost"))
    }

    @Test func onlyHTTPOnLocalhostIsADevelopmentSite() {
        #expect(SiteOrigin("http://localhost:8000")?.isDevelopmentSite == true)
        #expect(SiteOrigin("https://localhost:8000")?.isDevelopmentSite == false)
    }
}
