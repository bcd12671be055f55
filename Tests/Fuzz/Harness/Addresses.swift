import Addresses
import Glibc

/// Origins, URLs and addresses: one spelling each, and the C library reads the same addresses.
@Sendable func fuzzAddresses(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let origin = SiteOrigin(text) {
        demand(origin.description == text, "an origin has a second spelling")
        demand(origin.scheme == .https || origin.host == "localhost", "http beyond localhost")
        demand(SecureURL(text)?.origin == origin, "an origin is no address")
    }
    if let url = SecureURL(text) { checkURL(url) }
    if !bytes.contains(0) { checkAddress(text) }
    if bytes.count == 4 || bytes.count == 16, let address = IPAddress(bytes: bytes) {
        demand(IPAddress(address.description) == address, "\(address) does not read back")
        checkReach(address)
    }
}

private func checkURL(_ url: SecureURL) {
    demand(SecureURL(url.description) == url, "\(url) does not read back")
    demand(SiteOrigin(url.origin.description) == url.origin, "the origin of \(url) does not read back")
    demand(url.target.hasPrefix("/"), "\(url) has no path")
    let harmless = url.description.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>\\`#".utf8.contains($0) }
    demand(harmless, "\(url) holds what browsers escape")
    demand(!url.origin.description.contains("@"), "\(url) holds a user")
}

private func checkAddress(_ text: String) {
    var room = [UInt8](repeating: 0, count: 16)
    let four = inet_pton(AF_INET, text, &room) == 1 ? Array(room.prefix(4)) : nil
    let sixteen = inet_pton(AF_INET6, text, &room) == 1 ? room : nil
    demand(IPAddress(text)?.bytes == four ?? sixteen, "the C library reads \(text) as \(four ?? sixteen ?? [])")
}

/// The ranges that a fetch must never reach, by arithmetic of their own.
func checkReach(_ address: IPAddress) {
    let bytes = address.bytes
    guard address.reach == .global else { return }
    if address.isVersion6 {
        demand(bytes[0] >> 5 == 1, "\(address) is outside 2000::/3")
        return
    }
    let number = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let closed: [(UInt32, UInt32)] = [
        (0, 8), (0x0A00_0000, 8), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xAC10_0000, 12), (0xC0A8_0000, 16),
        (0x6440_0000, 10), (0xE000_0000, 4), (0xF000_0000, 4),
    ]
    for (base, bits) in closed {
        demand(number >> (32 - bits) != base >> (32 - bits), "\(address) is not on the internet")
    }
}
