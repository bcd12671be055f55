import Images
import MachineConfig

/// The beginning of a disk: what is let through names no other file, whoever reads it.
///
/// One byte for the format, eight each for the size of the file and its capacity, then the disk.
@Sendable func fuzzDisks(_ bytes: [UInt8]) {
    guard bytes.count >= 17 else { return }
    let format = bytes[0] & 1 == 0 ? DiskFormat.qcow2 : .raw
    let (size, capacity) = (number(bytes, 1, 8), number(bytes, 9, 8))
    let disk = Array(bytes.dropFirst(17).prefix(DiskHeader.length))
    guard size <= 1 << 44, capacity >= 1, capacity <= 1 << 44, size >= disk.count,
        (try? DiskHeader.check(disk, size: Int64(size), format: format, capacity: Int64(capacity))) != nil
    else { return }
    switch format {
    case .raw:
        demand(size <= capacity, "larger than it may be")
        demand(!disk.starts(with: [0x51, 0x46, 0x49, 0xFB]), "a qcow2 as raw")
    case .qcow2: checkQCOW2(disk, size: size, capacity: capacity)
    }
}

private func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
    bytes[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
}

private func checkQCOW2(_ disk: [UInt8], size: UInt64, capacity: UInt64) {
    demand(disk.count >= 72 && disk.starts(with: [0x51, 0x46, 0x49, 0xFB, 0, 0, 0]), "no qcow2")
    demand(number(disk, 8, 8) == 0 && number(disk, 16, 4) == 0, "a backing file")
    demand(number(disk, 32, 4) == 0 && number(disk, 60, 4) == 0, "encrypted, or with snapshots")
    demand((1...capacity).contains(number(disk, 24, 8)), "larger than it may be")
    let cluster = UInt64(1) << number(disk, 20, 4)
    let tables = [
        (number(disk, 40, 8), number(disk, 36, 4) * 8), (number(disk, 48, 8), number(disk, 56, 4) * cluster),
    ]
    for (offset, length) in tables { demand(offset >= cluster && offset + length <= size, "a table outside the file") }
    let isVersion3 = disk[7] == 3
    if isVersion3 { demand(number(disk, 72, 8) & ~8 == 0, "a data file or an unknown feature") }
    var offset = isVersion3 ? Int(number(disk, 100, 4)) : 72
    while offset + 8 <= disk.count, offset + 8 <= cluster, number(disk, offset, 4) != 0 {
        demand(number(disk, offset, 4) == 0x6803_F857, "an extension with a meaning")
        offset += 8 + (Int(number(disk, offset + 4, 4)) + 7) / 8 * 8
    }
}
