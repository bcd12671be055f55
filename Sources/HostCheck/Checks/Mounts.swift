package import SystemPackage

/// What is mounted where, as this process sees it.
package struct Mounts: Sendable, Hashable {
    struct Mount: Sendable, Hashable {
        let point: FilePath
        /// The file system, such as `ext4`.
        let kind: String
        let forbidsPrograms: Bool

        var isOnNetwork: Bool {
            ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs", "fuse.sshfs", "fuse.glusterfs"].contains(kind)
        }
        var isInMemory: Bool { ["tmpfs", "ramfs"].contains(kind) }
    }

    private let mounts: [Mount]

    package init(table: FilePath = "/proc/self/mountinfo") { self.init(TextFile.text(table) ?? "") }

    init(_ text: String) { mounts = text.split(separator: "\n").compactMap(Self.entry) }

    /// The last one that covers the path: it hides those before.
    func mount(of path: FilePath) -> Mount? {
        let covering = mounts.filter { path.starts(with: $0.point) }
        let deepest = covering.map(\.point.components.count).max()
        return covering.last { $0.point.components.count == deepest }
    }

    /// A line such as `36 35 98:0 / /home rw,noexec shared:1 - ext4 /dev/sda1 rw`.
    private static func entry(_ line: Substring) -> Mount? {
        let fields = line.split(separator: " ")
        guard fields.count > 6, let dash = fields.firstIndex(of: "-"), fields.indices.contains(dash + 1) else {
            return nil
        }
        let point = fields[4].replacing("\\040", with: " ")
        return Mount(
            point: FilePath(String(point)), kind: String(fields[dash + 1]),
            forbidsPrograms: fields[5].split(separator: ",").contains("noexec"))
    }
}
