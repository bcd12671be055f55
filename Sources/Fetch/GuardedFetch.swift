package import Addresses
import Curl

/// Fetches for a site what the site names, without lending it this computer's place in the network.
///
/// The name is resolved once, every address of it must lead to the internet, and the connection goes to one of those
/// addresses or nowhere. Redirects stay within the origin. TLS is verified; no cookies, credentials or proxies exist.
package struct GuardedFetch: Sendable {
    let settings: FetchSettings
    private let resolver: any NameResolver
    private let admits: @Sendable (IPAddress) -> Bool

    /// `admits` decides which addresses may be connected to.
    package init(
        settings: FetchSettings, resolver: any NameResolver = SystemResolver(),
        admits: @escaping @Sendable (IPAddress) -> Bool = { $0.reach == .global }
    ) {
        self.settings = settings
        self.resolver = resolver
        self.admits = admits
    }

    /// Reads a document of at most `limit` bytes.
    package func document(_ request: FetchRequest, limit: Int) async throws(FetchError) -> FetchedDocument {
        let deadline = ContinuousClock.now + settings.patience
        let route = try await route(to: request, until: deadline)
        var hops = Hops(request)
        while true {
            let sink = DocumentSink(limit: limit)
            let transfer = route.transfer(
                hops.url, headers: ["Accept: \(request.accept)"],
                patience: .init(connect: try left(until: deadline), whole: try left(until: deadline), slowest: nil))
            try await run(transfer, into: sink, failure: { sink.failure })
            switch try Self.kind(of: sink.head, wanted: 200...200) {
            case .answer: return sink.document
            case .redirect(let location): try hops.follow(location)
            }
        }
    }

    /// Streams a file, or the rest of one, into the sink; a total of time is not set, but slowness ends it.
    package func download(
        _ request: FetchRequest, from position: DownloadPosition, into sink: any DownloadSink
    ) async throws(FetchError) {
        let route = try await route(to: request, until: ContinuousClock.now + settings.patience)
        var hops = Hops(request)
        while true {
            let adapter = RangeSink(position, sink)
            let transfer = route.transfer(
                hops.url, headers: ["Accept: \(request.accept)", "Accept-Encoding: identity"] + position.headers,
                patience: .init(connect: settings.patience, whole: nil, slowest: settings.slowest))
            try await run(transfer, into: adapter, failure: { adapter.failure })
            switch try Self.kind(of: adapter.head, wanted: 200...206) {
            case .answer: return
            case .redirect(let location): try hops.follow(location)
            }
        }
    }

    private enum Kind {
        case answer
        case redirect(String?)
    }

    private static func kind(of head: ResponseHead?, wanted: ClosedRange<Int>) throws(FetchError) -> Kind {
        guard let head else { throw .interrupted("no answer came") }
        switch head.status {
        case wanted: return .answer
        case 301, 302, 303, 307, 308: return .redirect(head["location"])
        default: throw .status(head.status)
        }
    }

    /// Checks the address and resolves its name, at most until the deadline.
    private func route(
        to request: FetchRequest, until deadline: ContinuousClock.Instant
    ) async throws(FetchError) -> Route {
        let origin = request.url.origin
        try check(origin, listed: request.listed)
        let addresses: [IPAddress]
        if origin.isDevelopmentSite {
            // The name stands for this computer by definition: nobody is asked, so nobody can answer otherwise.
            addresses = [IPAddress(bytes: [127, 0, 0, 1]), IPAddress("::1")].compactMap { $0 }
        } else {
            addresses = try await Deadline.run(until: deadline) { [resolver] () async throws(FetchError) in
                try await resolver.addresses(of: origin.host)
            }
            guard !addresses.isEmpty else { throw .unreachable("\(origin.host) has no address") }
            // Told like a name that has no server: a page could learn the names of its visitor's network by asking.
            guard addresses.allSatisfy(admits) else { throw .unreachable("\(origin.host) is not on the internet") }
        }
        return Route(origin: origin, addresses: addresses, extraAuthorities: settings.extraAuthorities)
    }

    private func check(_ origin: SiteOrigin, listed: Set<SiteOrigin>) throws(FetchError) {
        if origin.isDevelopmentSite {
            guard settings.developmentSites, listed.contains(origin) else {
                throw .addressRefused("\(origin) is not the page's own development site")
            }
            return
        }
        guard !origin.host.hasPrefix("["), IPAddress(origin.host) == nil else {
            throw .addressRefused("\(origin.host) is an address and not a name")
        }
        guard origin.port == 443 || listed.contains(origin) else {
            throw .addressRefused("port \(origin.port) of \(origin.host) is not the site's own")
        }
    }

    private func left(until deadline: ContinuousClock.Instant) throws(FetchError) -> Duration {
        let left = deadline - ContinuousClock.now
        // The library takes 0 for no limit at all.
        guard left > .milliseconds(1) else { throw .timedOut }
        return left
    }

    private func run(
        _ transfer: TransferRequest, into sink: any TransferSink, failure: () -> FetchError?
    ) async throws(FetchError) {
        do throws(TransferError) {
            try await Transfer.run(transfer, into: sink)
        } catch .stopped {
            if let failure = failure() { throw failure }
        } catch {
            throw FetchError(error)
        }
    }
}

/// The redirects that were followed.
private struct Hops {
    private(set) var url: SecureURL
    private var left: Int

    init(_ request: FetchRequest) {
        url = request.url
        left = request.redirects
    }

    mutating func follow(_ location: String?) throws(FetchError) {
        guard left > 0, let location, let next = url.resolving(location), next.origin == url.origin else {
            throw .redirectRefused
        }
        left -= 1
        url = next
    }
}

/// Checked addresses, and the only maker of transfers to them.
private struct Route {
    let origin: SiteOrigin
    let addresses: [IPAddress]
    let extraAuthorities: String?

    func transfer(
        _ url: SecureURL, headers: [String], patience: TransferRequest.Patience
    ) -> TransferRequest {
        TransferRequest(
            url: url.description, scheme: origin.isDevelopmentSite ? .http : .https, host: origin.host,
            port: origin.port, addresses: addresses.map(\.bytes), headers: headers,
            extraAuthorities: extraAuthorities, patience: patience)
    }
}
