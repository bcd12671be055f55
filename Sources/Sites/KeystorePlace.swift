package import Addresses
package import SystemPackage

/// Where a list of sites' keys lies; its signature is beside it, with the ending `.sig`.
package enum KeystorePlace: Sendable, Hashable {
    case web(list: SecureURL, signature: SecureURL)
    case files(list: FilePath, signature: FilePath)

    /// An https address, or the path of a file; `nil` for anything else, and for one that does not end with `.lst`.
    package init?(_ text: String) {
        guard text.hasSuffix(".lst") else { return nil }
        let signature = text.dropLast("lst".count) + "sig"
        if text.hasPrefix("/") {
            self = .files(list: FilePath(text), signature: FilePath(String(signature)))
        } else if let list = SecureURL(text), !list.origin.isDevelopmentSite, !list.target.contains("?"),
            let signature = SecureURL(String(signature))
        {
            self = .web(list: list, signature: signature)
        } else {
            return nil
        }
    }
}
