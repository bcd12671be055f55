import PublicSuffix
import Testing

@Suite struct RegistrableDomainTests {
    @Test(arguments: [
        ("project.example.org", "example.org"),
        ("example.org", "example.org"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("someone.github.io", "someone.github.io"),
        ("deep.someone.github.io", "someone.github.io"),
        ("github.io", "github.io"),
        ("project.example", "project.example"),
        ("www.xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
        ("localhost", "localhost"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("example.org.evil.example", "evil.example"),
    ])
    func isWhatSomebodyRegistered(host: String, domain: String) {
        #expect(RegistrableDomain(of: host).description == domain)
    }
}
