import Addresses
import Fetch
import HTTPSFixture
import Testing

/// Documents from a real https server.
@Suite(.serialized) struct DocumentTests {
    private static let text = Array("{\"version\":1}".utf8)

    private func fetch(
        _ how: String = "", limit: Int = 1 << 16, redirects: Int = 3, size: Int? = nil,
        patience: Duration = .seconds(60),
        _ check: (Result<FetchedDocument, FetchError>, TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            try server.add("document", size.map { [UInt8](repeating: 0x20, count: $0) } ?? Self.text)
            let url = server.url("document", how: how)
            let request = FetchRequest(url, accept: "application/json", listed: [url.origin], redirects: redirects)
            let result: Result<FetchedDocument, FetchError>
            do throws(FetchError) {
                result = .success(try await server.fetch { $0.patience = patience }.document(request, limit: limit))
            } catch {
                result = .failure(error)
            }
            try await check(result, server)
        }
    }

    @Test func aDocumentComesWithItsTypeAndNothingIsSentThatNamesUs() async throws {
        try await fetch("type=Application/JSON;%20charset=utf-8&cookie") { result, server in
            #expect(try result.get() == FetchedDocument(mediaType: "application/json", bytes: Self.text))
            let again = server.url("document")
            _ = try await server.fetch().document(FetchRequest(again, listed: [again.origin]), limit: 100)
            let requests = try await server.requests()
            #expect(requests.map(\.accept) == ["application/json", "*/*"])
            #expect(requests.allSatisfy { $0.cookie == nil && $0.authorization == nil })
            #expect(requests[0].host == "files.example:\(server.port)")
        }
    }

    @Test(arguments: [(0, 3), (3, 3)])
    func asManyRedirectsAreFollowedAsAllowed(hops: Int, allowed: Int) async throws {
        try await fetch("redirect=self&hops=\(hops)", redirects: allowed) {
            result, _ in
            let document = try result.get()
            #expect(document.bytes == Self.text)
        }
    }

    @Test(arguments: [
        ("self", 3), ("self", 0), ("/document", 0), ("https://other.example/document", 3),
        ("//other.example/document", 3), ("https://files.example/document", 3), ("http://localhost/document", 3),
        ("https://127.0.0.1/document", 3), ("https://169.254.169.254/latest/meta-data", 3), ("ftp://files.example/", 3),
        ("file:///etc/passwd", 3), ("javascript:1", 3), ("", 3), ("https://user@files.example/", 3),
    ])
    func otherRedirectsAreRefused(location: String, allowed: Int) async throws {
        let coded = location.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try await fetch("redirect=\(coded)&hops=9", redirects: allowed) { result, server in
            #expect(result == .failure(.redirectRefused))
            let requests = try await server.requests()
            #expect(requests.count <= allowed + 1)
        }
    }

    @Test(arguments: ["", "unsized", "unsized&type=text/html"])
    func aDocumentOverTheLimitIsRefused(how: String) async throws {
        try await fetch(how, limit: 65_536, size: 65_537) { result, _ in
            #expect(result == .failure(.tooLarge(limit: 65_536)))
        }
    }

    @Test(arguments: ["", "unsized"])
    func aDocumentOfExactlyTheLimitComes(how: String) async throws {
        try await fetch(how, limit: 65_536, size: 65_536) { result, _ in
            let document = try result.get()
            #expect(document.bytes.count == 65_536)
        }
    }

    @Test func aStatusIsTold() async throws {
        try await fetch("status=404") { result, _ in #expect(result == .failure(.status(404))) }
        try await fetch("status=500") { result, _ in #expect(result == .failure(.status(500))) }
        try await fetch("status=206") { result, _ in #expect(result == .failure(.status(206))) }
    }

    @Test(arguments: ["delay=30", "stall=3", "stall=0"])
    func aSilentServerEndsInATimeOut(how: String) async throws {
        try await fetch(how, patience: .seconds(2)) { result, _ in #expect(result == .failure(.timedOut)) }
    }

    @Test func aCutDocumentIsNoDocument() async throws {
        try await fetch("cut=5") { result, _ in
            guard case .failure(.interrupted) = result else {
                Issue.record("\(result)")
                return
            }
        }
    }

    @Test(arguments: ["gzip", "head=100"])
    func anAnswerInAFormThatWasNotAskedForIsRefused(how: String) async throws {
        try await fetch(how) { result, _ in
            guard case .failure(.unreachable) = result else {
                Issue.record("\(result)")
                return
            }
        }
    }

    @Test func aCertificateOfAnUnknownAuthorityIsRefused() async throws {
        try await TestServer.run { server in
            try server.add("a", [1])
            let url = server.url("a")
            let fetch = server.fetch { $0.extraAuthorities = nil }
            let error = await #expect(throws: FetchError.self) {
                try await fetch.document(FetchRequest(url, listed: [url.origin]), limit: 100)
            }
            guard case .unreachable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func aCertificateForAnotherNameIsRefused() async throws {
        try await TestServer.run { server in
            try server.add("a", [1])
            let url = server.url("a", host: "stranger.example")
            await #expect(throws: FetchError.self) {
                try await server.fetch().document(FetchRequest(url, listed: [url.origin]), limit: 100)
            }
            #expect(try await server.requests().isEmpty)
        }
    }

    @Test func cancellingEndsASilentFetchAtOnce() async throws {
        try await TestServer.run { server in
            try server.add("a", [1])
            let url = server.url("a", how: "delay=50")
            let fetch = server.fetch()
            let began = ContinuousClock.now
            let task = Task {
                try await fetch.document(FetchRequest(url, listed: [url.origin]), limit: 100)
            }
            while try await server.requests().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            task.cancel()
            await #expect(throws: FetchError.cancelled) { try await task.value }
            #expect(ContinuousClock.now - began < .seconds(30))
        }
    }

    @Test func aNameThatNobodyAnswersForIsUnreachable() async throws {
        let fetch = GuardedFetch(settings: FetchSettings(), resolver: FixedResolver([]))
        let url = try #require(SecureURL("https://files.example/"))
        await #expect(throws: FetchError.unreachable("files.example has no address")) {
            try await fetch.document(FetchRequest(url), limit: 100)
        }
    }

    @Test func theSystemsResolverFindsTheAddressesOfThisComputer() async throws {
        let addresses = try await SystemResolver().addresses(of: "localhost")
        #expect(addresses.contains { $0.reach == .loopback })
        await #expect(throws: FetchError.self) { try await SystemResolver().addresses(of: "no-such-name.invalid") }
    }
}
