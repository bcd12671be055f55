/// Ethernet frames as a guest could send them, right in every way until a test changes something.
struct TestFrame {
    var etherType: UInt16 = 0x0800
    var version: UInt8 = 4
    var headerWords: UInt8 = 5
    /// Flags and offset together.
    var fragment: UInt16 = 0
    var service: UInt8 = 6
    var source: [UInt8] = [10, 0, 2, 15]
    var destination: [UInt8] = [10, 0, 2, 2]
    /// What comes behind the IPv4 header.
    var content: [UInt8] = []
    /// What the header says in place of the truth.
    var claimedLength: Int?

    static let (fin, syn, rst, ack): (UInt8, UInt8, UInt8, UInt8) = (0x01, 0x02, 0x04, 0x10)

    static func tcp(from source: UInt16, to destination: UInt16, flags: UInt8, data: [UInt8] = []) -> TestFrame {
        var frame = TestFrame()
        frame.content =
            word(source) + word(destination) + [UInt8](repeating: 0, count: 8) + [0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]
            + data
        return frame
    }

    /// From the guest to a place of IPv4 or IPv6.
    static func tcp(to place: [UInt8], port: UInt16, flags: UInt8 = syn, from source: UInt16 = 40000) -> [UInt8] {
        var frame = tcp(from: source, to: port, flags: flags)
        frame.destination = place
        return place.count == 4 ? frame.bytes : version6(6, to: place, frame.content)
    }

    static func udp(to place: [UInt8], port: UInt16, data: [UInt8] = [1, 2, 3, 4]) -> [UInt8] {
        var frame = udp(from: 40000, to: port, data: data)
        frame.destination = place
        return place.count == 4 ? frame.bytes : version6(17, to: place, frame.content)
    }

    static let guest6: [UInt8] = [0xFE, 0xC0, 0, 0, 0, 0, 0, 0, 0x50, 0x54, 0, 0xFF, 0xFE, 0x4C, 0x4F, 0x44]

    static func version6(
        _ service: UInt8, from source: [UInt8] = guest6, to place: [UInt8], hops: UInt8 = 255, _ content: [UInt8]
    ) -> [UInt8] {
        ethernet(0x86DD) + [0x60, 0, 0, 0] + word(UInt16(content.count)) + [service, hops] + source + place + content
    }

    static func udp(from source: UInt16, to destination: UInt16, data: [UInt8] = [1, 2, 3, 4]) -> TestFrame {
        var frame = TestFrame()
        frame.service = 17
        frame.content = word(source) + word(destination) + word(UInt16(8 + data.count)) + [0, 0] + data
        return frame
    }

    static var dhcp: TestFrame {
        var frame = udp(from: 68, to: 67)
        frame.source = [0, 0, 0, 0]
        frame.destination = [255, 255, 255, 255]
        return frame
    }

    static func arp(operation: UInt16 = 1, from sender: [UInt8] = [10, 0, 2, 15]) -> [UInt8] {
        ethernet(0x0806) + [0, 1, 8, 0, 6, 4] + word(operation) + [0x52, 0x54, 0, 1, 2, 3] + sender
            + [0, 0, 0, 0, 0, 0, 10, 0, 2, 2]
    }

    var bytes: [UInt8] {
        let options = [UInt8](repeating: 1, count: headerWords > 5 ? Int(headerWords - 5) * 4 : 0)
        let length = claimedLength ?? 20 + options.count + content.count
        return Self.ethernet(etherType) + [version << 4 | headerWords, 0] + Self.word(UInt16(length))
            + [0, 1] + Self.word(fragment) + [64, service, 0, 0] + source + destination + options + content
    }

    private static func ethernet(_ kind: UInt16) -> [UInt8] {
        [0x52, 0x55, 10, 0, 2, 2, 0x52, 0x54, 0, 1, 2, 3] + word(kind)
    }

    private static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
}
