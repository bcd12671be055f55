package import Addresses
import FoundationEssentials
package import OpenSSL
package import Sessions
package import Synchronization
package import Trust

/// A site in memory that signs what it serves, honestly or not.
package final class FakePublisher: ConfigurationSource {
    package struct State: Sendable {
        package var key: PrivateKey
        package var name = "Demo"
        package var memory = 256
        package var cpus = 1
        package var image = String(repeating: "a", count: 64)
        package var background = false
        package var minutes = 480
        /// What the site's document says beside its keys, as JSON members.
        package var documentMembers: [String: String] = [:]
        package var documentFailure: SourceError?
        package var configurationFailure: SourceError?
        package var fetches = 0
        /// Repeats this nonce in place of the one that was asked for.
        package var replayedNonce: String?
        package var issuer: String?
        /// What the daemon sent with the last request.
        package var lastNonce: String?
        package var lastHost: String?
    }

    package let site: SiteOrigin
    package let state: Mutex<State>

    package init(site: SiteOrigin) throws {
        self.site = site
        state = Mutex(State(key: try PrivateKey.generateEd25519()))
    }

    package var lastNonce: String? { state.withLock { $0.lastNonce } }
    package var lastHost: String? { state.withLock { $0.lastHost } }

    package var configurationURL: SecureURL { SecureURL(origin: site, path: "/vm.jws") }

    package func configuration(
        at url: SecureURL, for site: SiteOrigin, answering challenge: Challenge
    ) async throws(SourceError) -> SourceDocument {
        let state = state.withLock { state in
            state.fetches += 1
            state.lastNonce = challenge.nonce
            state.lastHost = challenge.host
            return state
        }
        if let failure = state.configurationFailure { throw failure }
        let text = Self.sign(payload(state, nonce: state.replayedNonce ?? challenge.nonce), with: state.key)
        return SourceDocument(mediaType: "application/lodger+jws", bytes: Array(text.utf8))
    }

    package func size(of url: SecureURL, for site: SiteOrigin) async throws(SourceError) -> Int64 { 1000 }

    package func siteDocument(of site: SiteOrigin) async throws(SourceError) -> SourceDocument {
        let state = state.withLock { $0 }
        if let failure = state.documentFailure { throw failure }
        return SourceDocument(mediaType: "application/json", bytes: Array(document(state).utf8))
    }

    private func payload(_ state: State, nonce: String) -> String {
        let now = Int(Date().timeIntervalSince1970)
        return """
            {"iss":"\(state.issuer ?? site.description)","aud":"lodger","iat":\(now),"exp":\(now + 300),"nonce":"\(nonce)",
            "name":"\(state.name)","vm":{"cpus":\(state.cpus),"memory":\(state.memory)},
            "disks":[{"url":"\(site)/disk.qcow2","sha256":"\(state.image)","size":1000,"format":"qcow2",
            "capacity":1000000}],"network":{"ports":[80]},
            "lifetime":{"minutes":\(state.minutes),"background":\(state.background)}}
            """
    }

    private func document(_ state: State) -> String {
        let expires = Int(Date().timeIntervalSince1970) + 86400
        let extra = state.documentMembers.sorted { $0.key < $1.key }.map { ",\"\($0.key)\":\($0.value)" }.joined()
        return """
            {"version":1,"expires":\(expires),"name":"Project","keys":[\(Self.jwk(of: state.key))]\(extra)}
            """
    }

    /// The public key as RFC 8037 writes it, with the members that RFC 7638 hashes, in their order.
    package static func jwk(of key: PrivateKey) -> String {
        #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64URL.encode(key.publicKey.coordinates.x))"}"#
    }

    package static func thumbprint(of key: PrivateKey) -> String {
        Base64URL.encode(Digest.sha256(Array(jwk(of: key).utf8)))
    }

    package static func sign(_ payload: String, with key: PrivateKey) -> String {
        let header = #"{"alg":"Ed25519","kid":"\#(thumbprint(of: key))","typ":"lodger+jws"}"#
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
        guard let signature = try? key.sign(Array(input.utf8)) else { return input + "." }
        return input + "." + Base64URL.encode(signature)
    }
}
