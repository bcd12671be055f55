import CPublicSuffix

/// The part of a host's name that somebody registered: `example.co.uk` of `www.example.co.uk`.
///
/// Where there is none, as for an address, a single label or a public suffix itself, it is the whole host.
package struct RegistrableDomain: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// `host` is in lower case and in punycode, as browsers write it.
    package init(of host: String) {
        guard let list = PublicSuffixList.shared, !host.hasPrefix("["), !Self.isAddress(host) else {
            description = host
            return
        }
        description = host.withCString { text in
            // What is returned points into the text.
            psl_registrable_domain(list.pointer, text).map { String(cString: $0) } ?? host
        }
    }

    /// Names end in a label that is no number.
    private static func isAddress(_ host: String) -> Bool {
        host.split(separator: ".").last?.allSatisfy(\.isNumber) ?? true
    }
}

/// The system's list where it is newer, or the one that the library was built with; read only once.
private struct PublicSuffixList: @unchecked Sendable {
    /// Never freed, and the library only reads it.
    let pointer: OpaquePointer

    static let shared: PublicSuffixList? = (psl_latest(nil) ?? psl_builtin().map { $0 }).map(PublicSuffixList.init)
}
