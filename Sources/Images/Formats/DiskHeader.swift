package import MachineConfig

/// Checks a disk's first bytes against what its configuration declares, before anything else reads them.
///
/// A disk may name other files of this computer in its header, which the guest would then read. The format is declared
/// and never guessed, and of qcow2 only what a plain image needs is let through.
package enum DiskHeader {
    /// How much of a file's beginning is looked at, in bytes.
    package static let length = 64 << 10

    /// `bytes` is the beginning of the file, `size` its whole size, `capacity` the most that the guest may see.
    package static func check(
        _ bytes: [UInt8], size: Int64, format: DiskFormat, capacity: Int64
    ) throws(FormatFault) {
        switch format {
        case .raw:
            if let name = ForeignFormat.name(of: bytes) {
                throw FormatFault("declared raw, but it begins like \(name)")
            }
            guard size <= capacity else {
                throw FormatFault("its size of \(size) bytes is over the declared capacity of \(capacity)")
            }
        case .qcow2:
            try QCOW2Header(bytes).check(fileSize: size, capacity: capacity)
        }
    }
}

/// What a disk's header says that we do not run.
package struct FormatFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
