import Addresses
import GuestNetwork
import Slirp
import SystemPackage

/// What a guest sends: frames are cut as their lengths say, and what passes the filter goes to the gateway or asks for
/// an address.
///
/// The first byte says in what parts the others come.
@Sendable func fuzzGuestFrames(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let stream = Array(bytes.dropFirst())
    let cut = frames(in: stream)
    demand(readFrames(stream, inPartsOf: Int(first) * 8 + 1) == cut, "frames are cut otherwise")
    let filter = FrameFilter(NetworkLayout(), ports: [80, 8080])
    let abroad = GuestReach(.everything, own: [AddressRange([198, 51, 100, 0], prefix: 24)])
    let open = FrameFilter(NetworkLayout(), ports: [80, 8080], reach: abroad)
    for frame in cut.whole {
        if filter.verdict(on: frame[...]) == .pass { checkPassed(frame) }
        if open.verdict(on: frame[...]) == .leave { checkLeft(frame) }
    }
}

private struct Cut: Equatable {
    var whole: [[UInt8]] = []
    var isImpossible = false
}

private func frames(in stream: [UInt8]) -> Cut {
    var cut = Cut()
    var rest = stream[...]
    while rest.count >= 4 {
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard (1...FrameReader.largest).contains(length) else {
            cut.isImpossible = true
            break
        }
        guard rest.count >= 4 + length else { break }
        cut.whole.append(Array(rest.dropFirst(4).prefix(length)))
        rest = rest.dropFirst(4 + length)
    }
    return cut
}

private func readFrames(_ stream: [UInt8], inPartsOf size: Int) -> Cut {
    guard let pipe = try? FileDescriptor.pipe() else { fatalError("no pipe") }
    defer {
        try? pipe.readEnd.close()
        try? pipe.writeEnd.close()
    }
    var cut = Cut()
    var reader = FrameReader()
    var rest = stream[...]
    do {
        while !rest.isEmpty {
            let part = rest.prefix(size)
            rest = rest.dropFirst(size)
            try pipe.writeEnd.writeAll(part)
            demand(try reader.fill(from: pipe.readEnd) == part.count, "bytes were left")
            while let frame = try reader.next() { cut.whole.append(Array(frame)) }
        }
    } catch is FrameReader.ImpossibleLength {
        cut.isImpossible = true
    } catch {
        fatalError("\(error)")
    }
    return cut
}

/// A frame for the internet is for the internet, and not for the network that this computer stands in.
private func checkLeft(_ frame: [UInt8]) {
    let destination = Array(frame[12] == 8 ? frame[30..<34] : frame[38..<54])
    guard let address = IPAddress(bytes: destination) else { fatalError("no address") }
    demand(address.reach == .global, "\(address) is not on the internet")
    checkReach(address)
    demand(destination.prefix(3) != [198, 51, 100], "\(address) is in this computer's network")
    if frame[12] == 8 { demand(Array(frame[26..<30]) == [10, 0, 2, 15], "from somebody else") }
}

/// Reads the frame again, at the places that RFC 791, 768 and 9293 name.
private func checkPassed(_ frame: [UInt8]) {
    demand(frame.count >= 42, "too short for anything")
    let (kind, sender) = (Array(frame[12..<14]), Array(frame[26..<30]))
    if kind == [8, 6] {
        let claimed = Array(frame[28..<32])
        demand(claimed == [10, 0, 2, 15] || claimed == [0, 0, 0, 0], "ARP for somebody else")
        return
    }
    demand(kind == [8, 0] && frame[14] == 0x45 && frame[20] & 0x3F == 0 && frame[21] == 0, "no plain IPv4")
    let (source, target) = (Int(frame[34]) << 8 | Int(frame[35]), Int(frame[36]) << 8 | Int(frame[37]))
    let destination = Array(frame[30..<34])
    switch frame[23] {
    case 17:
        demand(source == 68 && target == 67, "UDP that asks for no address")
        demand(destination == [255, 255, 255, 255] || destination == [10, 0, 2, 2], "a question to \(destination)")
        demand(sender == [0, 0, 0, 0] || sender == [10, 0, 2, 15], "from \(sender)")
    case 6:
        demand(sender == [10, 0, 2, 15] && destination == [10, 0, 2, 2], "from \(sender) to \(destination)")
        demand([80, 8080].contains(source), "from a port that is not forwarded")
        demand(frame[47] & 0x12 != 0x02, "a connection from inside")
    default: fatalError("another protocol passed")
    }
}
