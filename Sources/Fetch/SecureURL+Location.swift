import Addresses

extension SecureURL {
    /// The address that a redirect from this one names; `nil` where it is none that may be fetched from.
    func resolving(_ location: String) -> SecureURL? {
        let reference = location.prefix { $0 != "#" }
        guard !reference.isEmpty else { return nil }
        if reference.hasPrefix("https://") || reference.hasPrefix("http://") { return SecureURL(String(reference)) }
        if reference.hasPrefix("//") { return SecureURL("\(origin.scheme.rawValue):\(reference)") }
        if reference.hasPrefix("/") { return SecureURL("\(origin)\(reference)") }
        // A colon before any slash or question mark would make it an address of another scheme.
        guard !reference.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") else { return nil }
        let path = target.prefix { $0 != "?" }
        if reference.hasPrefix("?") { return SecureURL("\(origin)\(path)\(reference)") }
        let folder = path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex)
        return SecureURL("\(origin)\(folder)\(reference)")
    }
}
