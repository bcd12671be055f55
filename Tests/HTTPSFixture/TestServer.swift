package import Addresses
package import Fetch
import FoundationEssentials
import Subprocess
package import SystemPackage

/// A file server on loopback that misbehaves as the query of a request says, and a fetcher that may reach it.
///
/// `cut=N` resets the connection after N bytes and `stall=N` goes silent there, for the first `times` requests of a path;
/// `norange`, `shift=N`, `most=N`, `garble=TIMES`, `tag=`, `unsized`, `gzip`, `status=`, `redirect=`, `hops=`, `head=`, `delay=`,
/// `pace=` and `type=` do what they say in `server.py`.
package struct TestServer: Sendable {
    /// The server's own folder; what lies in `files` is served.
    package let folder: FilePath
    package let port: UInt16
    private let scheme: String

    /// Runs the server for as long as the body runs; one that redirects answers so to everything else.
    @discardableResult
    package static func run<Value: Sendable>(
        plain: Bool = false, redirecting place: String? = nil, _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        try await TestFolder.run { folder in
            let arguments = (plain ? ["plain"] : []) + (place.map { ["redirect=\($0)"] } ?? [])
            return try await run(arguments, scheme: plain ? "http" : "https", in: folder, body)
        }
    }

    private static func run<Value: Sendable>(
        _ arguments: [String], scheme: String, in folder: FilePath, _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        try FileManager.default.createDirectory(atPath: "\(folder)/files", withIntermediateDirectories: false)
        let script = FilePath(#filePath).removingLastComponent().appending("server.py")
        return try await Subprocess.run(
            .name("python3"), arguments: Arguments([script.string, folder.string] + arguments),
            input: .inputWriter, output: .sequence, error: .currentStandardError
        ) { execution in
            for try await line in execution.standardOutput.strings() {
                guard let port = UInt16(line.filter(\.isNumber)) else { continue }
                let server = TestServer(folder: folder, port: port, scheme: scheme)
                return try await body(server)
            }
            throw CocoaError(.fileReadUnknown)
        }.closureResult
    }

    /// Puts a file where it is served.
    package func add(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: "\(folder)/files/\(name)"))
    }

    package var origin: SiteOrigin { origin(of: "files.example") }

    package func origin(of host: String) -> SiteOrigin {
        url("", host: host).origin
    }

    /// The address of a file; `how` is the query.
    package func url(_ name: String, host: String? = nil, how: String = "") -> SecureURL {
        let host = host ?? (scheme == "http" ? "localhost" : "files.example")
        let text = "\(scheme)://\(host):\(port)/\(name)\(how.isEmpty ? "" : "?")\(how)"
        guard let url = SecureURL(text) else { preconditionFailure("\(text) is no address") }
        return url
    }

    /// A fetcher to whom every name is this server, and loopback a place like any other.
    package func fetch(_ adjust: (inout FetchSettings) -> Void = { _ in }) -> GuardedFetch {
        var settings = FetchSettings(extraAuthorities: "\(folder)/authority.pem", patience: .seconds(60))
        adjust(&settings)
        return GuardedFetch(
            settings: settings, resolver: FixedResolver(["127.0.0.1"]), admits: { $0.reach == .loopback })
    }

    /// What was asked of the server, in order.
    package func requests() async throws -> [LoggedRequest] {
        let document = try await fetch { $0.developmentSites = true }.document(
            FetchRequest(url("log"), listed: [url("").origin]), limit: 1 << 20)
        return try JSONDecoder().decode([LoggedRequest].self, from: Data(document.bytes))
    }
}

package struct LoggedRequest: Decodable, Sendable {
    package let target: String
    package let host: String
    package let range: String?
    package let ifRange: String?
    package let accept: String?
    package let cookie: String?
    package let authorization: String?
    /// Bytes of the body.
    package let sent: Int64
}

/// Gives the same addresses for every name, and counts how often it was asked.
package actor FixedResolver: NameResolver {
    private let answers: [[String]]
    package private(set) var asked: [String] = []

    package init(_ addresses: [String]) { answers = [addresses] }

    /// Another answer each time, the last one for ever.
    package init(inTurn answers: [[String]]) { self.answers = answers }

    package func addresses(of host: String) async throws(FetchError) -> [IPAddress] {
        let answer = answers[min(asked.count, answers.count - 1)]
        asked.append(host)
        return answer.compactMap { IPAddress($0) }
    }
}
