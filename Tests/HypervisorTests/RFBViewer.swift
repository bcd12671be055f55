import Sessions
import Testing

/// A viewer that speaks as much RFB as a test needs.
struct RFBViewer {
    private let stream: GuestStream
    let width: Int
    let height: Int

    init(_ socket: consuming ConnectedSocket) throws {
        stream = GuestStream(socket)
        let version = Array("RFB 003.008\n".utf8)
        #expect(try stream.receive(12) == version)
        try stream.send(version)
        let kinds = try stream.receive(Int(try stream.receive(1)[0]))
        #expect(kinds == [1], "no password is asked")
        try stream.send([1])
        #expect(try stream.receive(4) == [0, 0, 0, 0])
        try stream.send([1])
        let start = try stream.receive(24)
        (width, height) = (Self.number(start[0..<2]), Self.number(start[2..<4]))
        _ = try stream.receive(Self.number(start[20..<24]))
        // Raw pixels, and be told of another size.
        try stream.send([2, 0, 0, 2, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x21])
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private static func bytes(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }

    /// Types letters as a person does: with the shift key held for a capital one.
    func type(_ text: String) throws {
        let shift = 0xFFE1
        for letter in text.unicodeScalars {
            if letter.properties.isUppercase { try key(shift, down: true) }
            try key(Int(letter.value), down: true)
            try key(Int(letter.value), down: false)
            if letter.properties.isUppercase { try key(shift, down: false) }
        }
    }

    private func key(_ symbol: Int, down: Bool) throws {
        try stream.send([4, down ? 1 : 0, 0, 0, 0, 0] + Self.bytes(symbol))
    }

    func move(x: Int, y: Int, buttons: UInt8 = 0) throws {
        try stream.send([5, buttons] + Self.bytes(x) + Self.bytes(y))
    }

    /// The colours, as `rrggbb`, at places of the whole picture; nil where the picture has another size by now.
    func colours(at places: [(x: Int, y: Int)]) throws -> [Int]? {
        try stream.send([3, 0, 0, 0, 0, 0] + Self.bytes(width) + Self.bytes(height))
        var found = [Int?](repeating: nil, count: places.count)
        while found.contains(nil) {
            #expect(try stream.receive(1) == [0])
            let head = try stream.receive(3)
            for _ in 0..<Self.number(head[1...2]) {
                let rectangle = try stream.receive(12)
                let numbers = stride(from: 0, to: 8, by: 2).map { Self.number(rectangle[$0..<($0 + 2)]) }
                let (left, top, columns, rows) = (numbers[0], numbers[1], numbers[2], numbers[3])
                if rectangle[8...] == [0xFF, 0xFF, 0xFF, 0x21] { return nil }
                let pixels = try stream.receive(columns * rows * 4)
                for (place, (x, y)) in places.enumerated() {
                    guard (left..<(left + columns)).contains(x), (top..<(top + rows)).contains(y) else { continue }
                    let start = ((y - top) * columns + x - left) * 4
                    found[place] = Self.number(pixels[start..<(start + 3)].reversed())
                }
            }
        }
        return found.compactMap(\.self)
    }
}
