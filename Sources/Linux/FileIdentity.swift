import Glibc

/// Which file an open descriptor is: device and inode, as the journal writes them.
package struct FileIdentity: Sendable, Hashable, CustomStringConvertible {
    private let device: UInt64
    private let inode: UInt64

    /// `nil` for a descriptor that is not open.
    package init?(of descriptor: CInt) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    package var description: String { "\(device):\(inode)" }
}
