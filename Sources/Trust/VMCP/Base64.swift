/// The standard alphabet of RFC 4648 §4, read as older signers write it: with or without padding, on one line or on many.
enum Base64 {
    /// `nil` where a character belongs to no base64 at all.
    static func decode(_ text: String) -> [UInt8]? {
        var digits: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "+"): digits.append(UInt8(ascii: "-"))
            case UInt8(ascii: "/"): digits.append(UInt8(ascii: "_"))
            case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
            case UInt8(ascii: "="), UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
            default: digits.append(byte)
            }
        }
        return Base64URL.decode(digits)
    }
}
