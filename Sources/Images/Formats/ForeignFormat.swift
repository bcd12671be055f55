/// Formats that a raw disk must not begin like.
///
/// Nothing of ours guesses formats; should something else ever do, there is nothing to be found.
enum ForeignFormat {
    /// The name of the format that the bytes begin like.
    static func name(of bytes: [UInt8]) -> String? {
        if let found = magics.first(where: { bytes.dropFirst($0.offset).starts(with: $0.magic) }) { return found.name }
        return isDiskDescriptor(bytes) ? "a VMDK descriptor" : nil
    }

    private static let magics: [(name: String, offset: Int, magic: [UInt8])] = [
        ("qcow", 0, [0x51, 0x46, 0x49, 0xFB]),
        ("QED", 0, [0x51, 0x45, 0x44, 0x00]),
        ("VMDK", 0, Array("KDMV".utf8)),
        ("VMDK", 0, Array("COWD".utf8)),
        ("VDI", 64, [0x7F, 0x10, 0xDA, 0xBE]),
        ("VHD", 0, Array("conectix".utf8)),
        ("VHDX", 0, Array("vhdxfile".utf8)),
        ("Parallels", 0, Array("WithoutFreeSpace".utf8)),
        ("Parallels", 0, Array("WithouFreSpacExt".utf8)),
        ("LUKS", 0, [0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE]),
        ("Bochs", 0, Array("Bochs Virtual HD Image".utf8)),
        ("cloop", 0, Array("#!/bin/sh\n#V2.0 Format".utf8)),
    ]

    /// A text that names extents: comments and empty lines may come first, in any case of letters.
    private static func isDiskDescriptor(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes.prefix(4096), as: UTF8.self).lowercased()
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.drop(while: \.isWhitespace)
            if words.hasPrefix("#") {
                if words.contains("disk descriptorfile") { return true }
            } else if !words.isEmpty {
                return words.hasPrefix("version=")
            }
        }
        return false
    }
}
