import Linux
import MachineConfig
import SystemPackage

/// A fresh qcow2 layer over a read-only base, written by us: no program that guesses formats ever runs.
struct Overlay {
    let base: FilePath
    let format: DiskFormat
    /// What the guest sees, in bytes.
    let capacity: Int64

    private static let clusterBits = 16
    private static let cluster = 1 << clusterBits

    /// Clusters in order: the header, the table of reference counts, the counts, then the table of the disk.
    private static let headerClusters = 3

    /// Makes the file, for us alone; one that exists is an error.
    func write(to path: FilePath) throws(Errno) {
        let size = UInt64(clamping: capacity).roundedUp(to: 512)
        // One entry stands for a cluster full of entries, each of which stands for a cluster of data.
        let entries = Int(size.roundedUp(to: 1 << 29) >> 29)
        let clusters = Self.headerClusters + (entries * 8 + Self.cluster - 1) / Self.cluster
        // One cluster of 16-bit counts has room for so many; enough for terabytes.
        guard capacity > 0, clusters <= Self.cluster / 2, base.string.utf8.count <= 1023 else {
            throw .invalidArgument
        }
        let file = try RegularFile(path.string, for: .make)
        try file.write(header(size: size, entries: entries), at: 0)
        try file.write(Self.bigEndian(UInt64(2 * Self.cluster)), at: Int64(Self.cluster))
        let counts = [[UInt8]](repeating: [0, 1], count: clusters).flatMap { $0 }
        try file.write(counts, at: Int64(2 * Self.cluster))
        try file.resize(to: Int64(clusters * Self.cluster))
    }

    private func header(size: UInt64, entries: Int) -> [UInt8] {
        let headerLength = 104
        let formatName = Array(format.rawValue.utf8)
        var extensions = Self.bigEndian(0xE279_2ACA as UInt32) + Self.bigEndian(UInt32(formatName.count)) + formatName
        extensions += [UInt8](repeating: 0, count: (8 - extensions.count % 8) % 8)
        extensions += [UInt8](repeating: 0, count: 8)
        let name = Array(base.string.utf8)
        return QCOW2Header.magic
            + Self.bigEndian(3 as UInt32)
            + Self.bigEndian(UInt64(headerLength + extensions.count))
            + Self.bigEndian(UInt32(name.count))
            + Self.bigEndian(UInt32(Self.clusterBits))
            + Self.bigEndian(size)
            + Self.bigEndian(0 as UInt32)  // no encryption
            + Self.bigEndian(UInt32(entries))
            + Self.bigEndian(UInt64(Self.headerClusters * Self.cluster))
            + Self.bigEndian(UInt64(Self.cluster))
            + Self.bigEndian(1 as UInt32)  // clusters of the table of reference counts
            + [UInt8](repeating: 0, count: 4 + 8)  // no snapshots
            + [UInt8](repeating: 0, count: 3 * 8)  // no features
            + Self.bigEndian(4 as UInt32)  // reference counts of 16 bits
            + Self.bigEndian(UInt32(headerLength))
            + extensions + name
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        stride(from: number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

extension UInt64 {
    fileprivate func roundedUp(to unit: UInt64) -> UInt64 { (self + unit - 1) / unit * unit }
}
