/// The header of a qcow2 file, read strictly: what is not known to be harmless is refused.
struct QCOW2Header {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) throws(FormatFault) {
        guard bytes.starts(with: Self.magic) else { throw FormatFault("declared qcow2, but it does not begin like it") }
        self.bytes = bytes
        guard bytes.count >= Field.endOfVersion2 else { throw FormatFault("its qcow2 header is cut short") }
    }

    static let magic: [UInt8] = [0x51, 0x46, 0x49, 0xFB]

    /// Offsets in bytes, all numbers big-endian.
    private enum Field {
        static let version = 4
        static let backingOffset = 8
        static let backingLength = 16
        static let clusterBits = 20
        static let size = 24
        static let encryption = 32
        static let tableEntries = 36
        static let tableOffset = 40
        static let refcountOffset = 48
        static let refcountClusters = 56
        static let snapshots = 60
        static let endOfVersion2 = 72
        static let incompatible = 72
        static let compatible = 80
        static let autoclear = 88
        static let refcountOrder = 96
        static let headerLength = 100
        static let endOfVersion3 = 104
        static let compression = 104
    }

    func check(fileSize: Int64, capacity: Int64) throws(FormatFault) {
        let version = number(Field.version)
        guard version == 2 || version == 3 else { throw FormatFault("qcow2 version \(version) is not known") }
        guard long(Field.backingOffset) == 0, number(Field.backingLength) == 0 else {
            throw FormatFault("it has a backing file")
        }
        guard number(Field.encryption) == 0 else { throw FormatFault("it is encrypted") }
        guard number(Field.snapshots) == 0 else { throw FormatFault("it has snapshots inside") }
        let clusterBits = number(Field.clusterBits)
        guard (9...21).contains(clusterBits) else { throw FormatFault("its cluster size is out of range") }
        try checkSize(capacity)
        try checkTables(clusterBits, fileSize)
        let end = version == 3 ? try checkFeatures() : Field.endOfVersion2
        try checkExtensions(from: end, to: min(1 << Int(clusterBits), bytes.count))
    }

    private func checkSize(_ capacity: Int64) throws(FormatFault) {
        let size = long(Field.size)
        guard size > 0 else { throw FormatFault("it holds nothing") }
        guard size <= UInt64(clamping: capacity) else {
            throw FormatFault("it claims \(size) bytes, over the declared capacity of \(capacity)")
        }
    }

    /// The tables lie inside the file, behind the header, and are of the size that the disk needs.
    private func checkTables(_ clusterBits: UInt32, _ fileSize: Int64) throws(FormatFault) {
        let cluster = UInt64(1) << UInt64(clusterBits)
        let file = UInt64(clamping: fileSize)
        let covered = cluster * (cluster / 8)
        let entries = UInt64(number(Field.tableEntries))
        let needed = (long(Field.size) - 1) / covered + 1
        // Some writers leave room to grow; a table far larger than the disk only costs memory.
        guard entries >= needed, entries <= needed * 2 + cluster / 8 else {
            throw FormatFault("its table is not of the disk's size")
        }
        let refcounts = UInt64(number(Field.refcountClusters))
        guard refcounts >= 1, refcounts <= (8 << 20) / cluster + 1 else {
            throw FormatFault("its reference counts are out of range")
        }
        for (offset, length) in [
            (long(Field.tableOffset), entries * 8), (long(Field.refcountOffset), refcounts * cluster),
        ] {
            guard offset >= cluster, offset % cluster == 0, offset <= file, length <= file - offset else {
                throw FormatFault("its tables do not lie inside the file")
            }
        }
    }

    /// Returns where the header ends.
    private func checkFeatures() throws(FormatFault) -> Int {
        guard bytes.count >= Field.endOfVersion3 else { throw FormatFault("its qcow2 header is cut short") }
        let incompatible = long(Field.incompatible)
        let refusals: [(bit: UInt64, reason: String)] = [
            (1 << 0, "it was not closed properly"), (1 << 1, "it is marked as corrupt"),
            (1 << 2, "its data lie in another file"), (1 << 4, "it uses extended L2 entries"),
        ]
        if let refusal = refusals.first(where: { incompatible & $0.bit != 0 }) { throw FormatFault(refusal.reason) }
        let compressionBit: UInt64 = 1 << 3
        guard incompatible & ~compressionBit == 0 else { throw FormatFault("it uses features that are not known") }
        // Lazy reference counts are the only one that exists, and matter to writers alone.
        guard long(Field.compatible) & ~1 == 0, long(Field.autoclear) == 0 else {
            throw FormatFault("it uses features that are not known")
        }
        guard number(Field.refcountOrder) <= 6 else { throw FormatFault("its reference counts are out of range") }
        let length = Int(number(Field.headerLength))
        guard length >= Field.endOfVersion3, length <= 512, length % 8 == 0, length <= bytes.count else {
            throw FormatFault("its header is of an unknown length")
        }
        try checkCompression(length, declared: incompatible & compressionBit != 0)
        return length
    }

    /// Either deflate without the feature's bit, or zstd with it.
    private func checkCompression(_ length: Int, declared: Bool) throws(FormatFault) {
        let type = length > Field.compression ? bytes[Field.compression] : 0
        guard type == (declared ? 1 : 0) else { throw FormatFault("its compression is not known") }
        guard bytes[min(Field.compression + 1, length)..<length].allSatisfy({ $0 == 0 }) else {
            throw FormatFault("it uses features that are not known")
        }
    }

    /// Only the table of feature names, which is for people, may follow the header.
    private func checkExtensions(from start: Int, to end: Int) throws(FormatFault) {
        var offset = start
        while offset + 8 <= end {
            let (type, length) = (number(offset), Int(number(offset + 4)))
            if type == 0 { return }
            switch type {
            case 0x6803_F857: break
            case 0xE279_2ACA: throw FormatFault("it names the format of a backing file")
            case 0x4441_5441: throw FormatFault("it names a data file")
            case 0x0537_BE77: throw FormatFault("it is encrypted")
            case 0x2385_2875: throw FormatFault("it has bitmaps inside")
            default: throw FormatFault("it has an extension that is not known")
            }
            offset += 8 + (length + 7) / 8 * 8
        }
        guard offset <= end else { throw FormatFault("its header is cut short") }
    }

    private func number(_ offset: Int) -> UInt32 {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func long(_ offset: Int) -> UInt64 {
        bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
