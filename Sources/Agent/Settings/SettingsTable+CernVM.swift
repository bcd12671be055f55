import Addresses
import MachineConfig
import Sites
import StrictJSON
import SystemPackage
import Trust

extension SettingsTable {
    /// An https address that names are put behind.
    mutating func folder(_ key: String) throws(SettingsFault) -> SecureURL? {
        guard let value = take(key) else { return nil }
        guard let url = value.string.flatMap(SecureURL.init), url.target.hasSuffix("/"), !url.target.contains("?"),
            !url.origin.isDevelopmentSite
        else { throw fault(key, "must be an https address that ends with /") }
        return url
    }

    /// A table of file names and SHA-256 digests.
    mutating func digests(_ key: String) throws(SettingsFault) -> [String: SHA256Digest] {
        guard let value = take(key) else { return [:] }
        guard let members = value.object else { throw fault(key, "must be a table of file names") }
        var digests: [String: SHA256Digest] = [:]
        for (name, value) in members {
            guard let digest = value.string.flatMap(SHA256Digest.init) else {
                throw fault("\(key).\(name)", "must be 64 lower-case hexadecimal digits")
            }
            digests[name] = digest
        }
        return digests
    }

    /// Where a list of keys lies: a file here, or an https address.
    mutating func keystore(_ key: String) throws(SettingsFault) -> KeystorePlace? {
        guard let value = take(key) else { return nil }
        guard let place = value.string.flatMap(KeystorePlace.init) else {
            throw fault(key, "must be an https address or the path of a file, ending with .lst")
        }
        return place
    }

    /// The text of an RSA key as older signers write it.
    mutating func legacyKey(_ key: String) throws(SettingsFault) -> String? {
        guard let value = take(key) else { return nil }
        guard let text = value.string, LegacyKeyring(root: text) != nil else {
            throw fault(key, "must be the base64 of an RSA key's SubjectPublicKeyInfo, of 2048 bits or more")
        }
        return text
    }
}
