/// Scheme, host, port and the rest of a URL, split by one strict parser for origins and addresses alike.
struct URLParts {
    /// In bytes.
    static let longest = 2048

    let scheme: SiteOrigin.Scheme
    let host: String
    let port: UInt16
    /// From the first `/` or `?` on; empty where the text ends after the authority.
    let rest: Substring

    /// The exact serialisation of an origin: nothing after the authority, no written default port.
    init?(originText text: String) {
        self.init(text)
        guard rest.isEmpty else { return nil }
        guard SiteOrigin(scheme: scheme, host: host, port: port).description == text else { return nil }
    }

    init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let afterScheme: Substring
        if text.hasPrefix("https://") {
            scheme = .https
            afterScheme = text.dropFirst("https://".count)
        } else if text.hasPrefix("http://") {
            scheme = .http
            afterScheme = text.dropFirst("http://".count)
        } else {
            return nil
        }
        let end = afterScheme.firstIndex { "/?#\\".contains($0) } ?? afterScheme.endIndex
        rest = afterScheme[end...]
        guard let (host, written) = Self.split(authority: afterScheme[..<end]) else { return nil }
        guard Self.isHost(host) else { return nil }
        self.host = String(host)
        if let written {
            guard let port = Self.port(written) else { return nil }
            self.port = port
        } else {
            port = scheme.defaultPort
        }
        if scheme == .http { guard self.host == "localhost" else { return nil } }
    }

    private static func split(authority: Substring) -> (host: Substring, port: Substring?)? {
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            let after = authority[authority.index(after: close)...]
            let host = authority[...close]
            if after.isEmpty { return (host, nil) }
            return after.hasPrefix(":") ? (host, after.dropFirst()) : nil
        }
        guard let colon = authority.firstIndex(of: ":") else { return (authority, nil) }
        return (authority[..<colon], authority[authority.index(after: colon)...])
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !text.hasPrefix("0") else {
            return nil
        }
        return UInt16(text)
    }

    /// A lower-case DNS name, IPv4 address or bracketed IPv6 address, as browsers write it.
    private static func isHost(_ text: Substring) -> Bool {
        if text.hasPrefix("[") {
            // One host has one spelling, or two texts would be two sites.
            guard let address = IPAddress(String(text.dropFirst().dropLast())), address.isVersion6 else { return false }
            return text == "[\(address)]"
        }
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy(isLabel) else { return false }
        // A last label of digits only is an IPv4 address in one of its many spellings: only the plain one is taken.
        if let last = labels.last, last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) || last.hasPrefix("0x") {
            return IPAddress(String(text)) != nil
        }
        return true
    }

    private static func isLabel(_ label: Substring) -> Bool {
        guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return false }
        return label.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
        }
    }
}
