package import Addresses
import MachineConfig
import OpenSSL

/// The form in which a site signs its configurations: how one is asked for, and how it is checked.
package enum ConfigurationFormat: String, Sendable, Hashable, Codable {
    /// A compact JWS.
    case jws
    /// The flat document of CernVM WebAPI.
    case vmcp
}

/// What a request for a configuration says, and what the answer to it must repeat.
package struct Challenge: Sendable, Hashable {
    package let format: ConfigurationFormat
    /// Never said twice.
    package let nonce: String
    /// What the site knows this computer by.
    package let host: String

    package init(nonce: String, host: String, format: ConfigurationFormat = .jws) {
        self.format = format
        self.nonce = nonce
        self.host = host
    }

    /// A new one for a site that knows this computer by a pseudonym.
    init(to site: SiteOrigin, knowing pseudonym: String, in format: ConfigurationFormat) {
        switch format {
        case .jws: self.init(nonce: Secret.text(), host: pseudonym)
        case .vmcp:
            // 64 characters of 63, and 64 hexadecimal digits: what older servers expect.
            let host = SHA256Digest(hashing: Array("\(pseudonym)|\(site.host)".utf8)).description
            self.init(nonce: Self.salt(), host: host, format: .vmcp)
        }
    }

    /// The address that is fetched for a configuration's own.
    package func address(_ url: SecureURL) -> SecureURL {
        switch format {
        case .jws: url.appending(query: "nonce", nonce).appending(query: "host", host)
        case .vmcp: url.appending(query: "cvm_salt", nonce).appending(query: "cvm_hostid", host)
        }
    }

    private static func salt() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
        var generator = SystemRandomNumberGenerator()
        return String((0..<64).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
    }
}
