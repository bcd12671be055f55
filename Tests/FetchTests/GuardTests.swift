import Addresses
import Fetch
import Glibc
import HTTPSFixture
import Testing

/// What is never connected to.
@Suite(.serialized) struct GuardTests {
    @Test(arguments: [
        ["127.0.0.1"], ["10.0.0.1"], ["192.168.1.1"], ["172.16.5.5"], ["169.254.169.254"], ["100.64.0.1"], ["0.0.0.0"],
        ["224.0.0.1"], ["255.255.255.255"], ["::1"], ["::"], ["fe80::1"], ["fd00::1"], ["ff02::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"], ["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"],
        ["2606:2800:220:1:248:1893:25c8:1946", "::1"],
    ])
    func aNameWithAnyAddressOutsideTheInternetIsRefused(addresses: [String]) async throws {
        let resolver = FixedResolver(addresses)
        let fetch = GuardedFetch(settings: FetchSettings(), resolver: resolver)
        let error = await #expect(throws: FetchError.self) {
            try await fetch.document(FetchRequest(try #require(SecureURL("https://files.example/x"))), limit: 100)
        }
        guard case .unreachable = error else {
            Issue.record("\(addresses) gave \(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        "https://127.0.0.1/", "https://[::ffff:7f00:1]/", "https://[::1]/", "https://93.184.216.34/",
        "https://files.example:8443/", "https://files.example:22/", "http://localhost:8080/", "http://localhost/",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/",
    ])
    func literalAddressesAndForeignPortsAreRefusedUnresolved(text: String) async throws {
        let resolver = FixedResolver(["93.184.216.34"])
        var settings = FetchSettings()
        settings.developmentSites = true
        let fetch = GuardedFetch(settings: settings, resolver: resolver)
        let url = try #require(SecureURL(text))
        let error = await #expect(throws: FetchError.self) {
            try await fetch.document(FetchRequest(url), limit: 100)
        }
        guard case .addressRefused = error else {
            Issue.record("\(text) gave \(String(describing: error))")
            return
        }
        #expect(await resolver.asked.isEmpty)
    }

    @Test func anAddressThatHidesAnotherIsNone() {
        #expect(SecureURL("https://[::ffff:127.0.0.1]/") == nil)
        #expect(SecureURL("https://2130706433/") == nil)
        #expect(SecureURL("https://0x7f.1/") == nil)
    }

    @Test func aListedPortDoesNotAdmitALiteralAddress() async throws {
        let url = try #require(SecureURL("https://127.0.0.1:8443/"))
        let fetch = GuardedFetch(settings: FetchSettings(), resolver: FixedResolver(["93.184.216.34"]))
        await #expect(throws: FetchError.addressRefused("127.0.0.1 is an address and not a name")) {
            try await fetch.document(FetchRequest(url, listed: [url.origin]), limit: 100)
        }
    }

    @Test func theNameIsResolvedOnceEvenOverRedirects() async throws {
        try await TestServer.run { server in
            try server.add("a", Array("hello".utf8))
            let resolver = FixedResolver(inTurn: [["127.0.0.1"], ["10.0.0.1"]])
            let settings = FetchSettings(extraAuthorities: "\(server.folder)/authority.pem")
            let fetch = GuardedFetch(settings: settings, resolver: resolver, admits: { $0.reach == .loopback })
            let url = server.url("a", how: "redirect=/a")
            let document = try await fetch.document(FetchRequest(url, listed: [url.origin]), limit: 100)
            #expect(document.bytes == Array("hello".utf8))
            #expect(await resolver.asked == ["files.example"])
        }
    }

    @Test func theConnectionGoesToTheCheckedAddressOnly() async throws {
        try await TestServer.run { server in
            try server.add("a", [1])
            // Nothing listens on 127.0.0.2 at that port: reaching the server would mean another address was used.
            let settings = FetchSettings(extraAuthorities: "\(server.folder)/authority.pem")
            let fetch = GuardedFetch(
                settings: settings, resolver: FixedResolver(["127.0.0.2"]), admits: { $0.reach == .loopback })
            let url = server.url("a", host: "localhost")
            await #expect(throws: FetchError.self) {
                try await fetch.document(FetchRequest(url, listed: [url.origin]), limit: 100)
            }
            #expect(try await server.requests().isEmpty)
        }
    }

    @Test func proxiesOfTheEnvironmentAreNotUsed() async {
        // In a process of its own: the environment belongs to all tests.
        await #expect(processExitsWith: .success) {
            for name in ["https_proxy", "HTTPS_PROXY", "all_proxy"] { setenv(name, "http://127.0.0.1:1", 1) }
            let bytes = try await TestServer.run { server in
                try server.add("a", [1, 2])
                let url = server.url("a")
                return try await server.fetch().document(FetchRequest(url, listed: [url.origin]), limit: 100).bytes
            }
            #expect(bytes == [1, 2])
        }
    }

    @Test func aDevelopmentSiteIsFetchedOnlyForItsOwnPage() async throws {
        try await TestServer.run(plain: true) { server in
            try server.add("a", Array("dev".utf8))
            let url = server.url("a")
            let on = server.fetch { $0.developmentSites = true }
            let document = try await on.document(FetchRequest(url, listed: [url.origin]), limit: 100)
            #expect(document.bytes == Array("dev".utf8))

            let other = try #require(SiteOrigin("http://localhost:1"))
            for listed: Set<SiteOrigin> in [[], [other]] {
                let error = await #expect(throws: FetchError.self) {
                    try await on.document(FetchRequest(url, listed: listed), limit: 100)
                }
                guard case .addressRefused = error else {
                    Issue.record("\(listed) gave \(String(describing: error))")
                    continue
                }
            }
            let off = server.fetch()
            await #expect(throws: FetchError.self) {
                try await off.document(FetchRequest(url, listed: [url.origin]), limit: 100)
            }
            #expect(try await server.requests().count == 1)
        }
    }
}
