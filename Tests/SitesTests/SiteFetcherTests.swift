import Addresses
import Fetch
import HTTPSFixture
import Sessions
import Sites
import Testing
import Trust

/// What a site is asked for, and what becomes of its answers.
@Suite(.serialized) struct SiteFetcherTests {
    private static let challenge = Challenge(nonce: "n0nce-_", host: "h0st")

    @Test(arguments: ["", "key=value"])
    func aConfigurationIsAskedForWithNonceAndPseudonym(query: String) async throws {
        try await TestServer.run { server in
            try server.add("vm.jws", Array("a.b.c".utf8))
            let how = query.isEmpty ? "type=application/lodger%2Bjws" : "type=application/lodger%2Bjws&\(query)"
            let url = server.url("vm.jws", how: how)
            let document = try await SiteFetcher(fetch: server.fetch()).configuration(
                at: url, for: server.origin, answering: Self.challenge)
            #expect(document.mediaType == "application/lodger+jws")
            #expect(document.bytes == Array("a.b.c".utf8))
            let request = try #require(try await server.requests().first)
            #expect(request.target == "/vm.jws?\(how)&nonce=n0nce-_&host=h0st")
            #expect(request.accept == "application/lodger+jws, application/json")
        }
    }

    @Test func anEndpointOnAPortThatIsNotTheSitesIsNotAsked() async throws {
        try await TestServer.run { server in
            try server.add("vm.jws", [])
            let site = try #require(SiteOrigin("https://files.example"))
            let error = await #expect(throws: SourceError.self) {
                try await SiteFetcher(fetch: server.fetch()).configuration(
                    at: server.url("vm.jws"), for: site, answering: Self.challenge)
            }
            guard case .addressRefused = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await server.requests().isEmpty)
        }
    }

    @Test func theSiteDocumentIsAtItsWellKnownPlace() async throws {
        try await TestServer.run { server in
            try server.add("lodger.json", Array("{}".utf8))
            let document = try await SiteFetcher(fetch: server.fetch()).siteDocument(of: server.origin)
            #expect(document.bytes == Array("{}".utf8))
            #expect(try await server.requests().map(\.target) == ["/.well-known/lodger.json"])
        }
    }

    @Test func sizesHaveLimits() async throws {
        try await TestServer.run { server in
            let sites = SiteFetcher(fetch: server.fetch())
            try server.add("lodger.json", [UInt8](repeating: 0x20, count: 65_537))
            await #expect(throws: SourceError.tooLarge(limit: 65_536)) {
                try await sites.siteDocument(of: server.origin)
            }
            try server.add("vm.jws", [UInt8](repeating: 0x20, count: 262_145))
            await #expect(throws: SourceError.tooLarge(limit: 262_144)) {
                try await sites.configuration(
                    at: server.url("vm.jws"), for: server.origin, answering: Self.challenge)
            }
        }
    }

    @Test func aConfigurationFollowsARedirect() async throws {
        try await TestServer.run { server in
            try server.add("vm.jws", Array("a.b.c".utf8))
            let document = try await SiteFetcher(fetch: server.fetch()).configuration(
                at: server.url("vm.jws", how: "redirect=/vm.jws"), for: server.origin, answering: Self.challenge)
            #expect(document.bytes == Array("a.b.c".utf8))
        }
    }

    @Test func theSiteDocumentFollowsNone() async throws {
        try await TestServer.run(redirecting: "/lodger.json") { server in
            try server.add("lodger.json", Array("{}".utf8))
            await #expect(throws: SourceError.redirectRefused) {
                try await SiteFetcher(fetch: server.fetch()).siteDocument(of: server.origin)
            }
        }
    }

    @Test func whatIsMissingIsTold() async throws {
        try await TestServer.run { server in
            await #expect(throws: SourceError.status(404)) {
                try await SiteFetcher(fetch: server.fetch()).siteDocument(of: server.origin)
            }
        }
    }
}
