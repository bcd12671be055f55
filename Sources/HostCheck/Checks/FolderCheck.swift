import Linux
package import SystemPackage

/// Whether lodger can write where it must, by writing, and on what kind of drive that is.
package struct FolderCheck: Check {
    /// What is kept in a folder.
    package enum Use: Sendable, Hashable {
        /// Disks of machines, and what must not be lost.
        case state
        /// Downloaded images.
        case cache
        /// Files for a moment.
        case temporary
        /// The owner's own.
        case home
        case sockets
    }

    private let folder: FilePath
    private let use: Use
    private let mounts: Mounts
    private let write: @Sendable (FilePath) throws(Errno) -> Void
    private let freeSpace: @Sendable (FilePath) throws(Errno) -> Int64

    package init(_ folder: FilePath, for use: Use) { self.init(folder, for: use, mounts: Mounts()) }

    init(
        _ folder: FilePath, for use: Use, mounts: Mounts,
        write: @escaping @Sendable (FilePath) throws(Errno) -> Void = { path throws(Errno) in
            try FolderCheck.write(in: path)
        },
        freeSpace: @escaping @Sendable (FilePath) throws(Errno) -> Int64 = { path throws(Errno) in
            try Folder.freeSpace(at: path.string)
        }
    ) {
        self.folder = folder
        self.use = use
        self.mounts = mounts
        self.write = write
        self.freeSpace = freeSpace
    }

    package func examine() async -> Examination {
        let existing = Self.existing(folder)
        var examination = Examination()
        if use == .sockets, let fault = Self.whyNotPrivate(folder) {
            return .found(.runtimeFolderUnusable, fault, command: nil)
        }
        do throws(Errno) {
            try write(existing)
        } catch {
            return error == .readOnlyFileSystem
                ? .found(.folderReadOnly, "\(existing)") : .found(.folderNotWritable, "\(existing): \(error)")
        }
        examination.add(examineSpace(existing))
        examination.add(examineMount(existing))
        return examination
    }

    /// The folder itself, or the one in which it would be made.
    private static func existing(_ folder: FilePath) -> FilePath {
        var path = folder
        // Whatever hides it, the one above is asked.
        while !path.components.isEmpty, (try? FileStatus(atPath: path.string)) == nil { path.removeLastComponent() }
        return path
    }

    private static func whyNotPrivate(_ folder: FilePath) -> String? {
        // A folder that cannot be looked at is as good as none.
        guard let status = try? FileStatus(atPath: folder.string), status.isFolder else {
            return "\(folder) is not there"
        }
        return status.isOwnedByUs && !status.isOpenToOthers ? nil : "\(folder) is not yours alone"
    }

    /// Makes a file and takes it away again.
    static func write(in folder: FilePath) throws(Errno) {
        let path = folder.appending(".lodger-doctor-\(ThisProcess.identifier)").string
        let file = try RegularFile(path, for: .make)
        var failure: Errno?
        do throws(Errno) {
            try file.write(Array("lodger".utf8), at: 0)
        } catch {
            failure = error
        }
        try Durability.unlink(path)
        // A full disk has a finding of its own.
        if let failure, failure != .noSpace { throw failure }
    }

    private func examineSpace(_ existing: FilePath) -> Examination {
        guard use == .state || use == .cache else { return Examination() }
        // Where it cannot be asked, a download will tell.
        guard let free = try? freeSpace(existing) else { return Examination() }
        let text = "\(free >> 20) MiB free at \(existing)"
        if free < 256 << 20 { return .found(.diskFull, text) }
        if free < 4 << 30 { return .found(.diskShort, text) }
        return .fact(use == .state ? "disk for machines" : "disk for images", text)
    }

    private func examineMount(_ existing: FilePath) -> Examination {
        guard let mount = mounts.mount(of: existing) else { return Examination() }
        var examination = Examination()
        if use == .state, mount.isOnNetwork { examination.add(.found(.folderOnNetwork, "\(existing) (\(mount.kind))")) }
        if use == .state, mount.isInMemory { examination.add(.found(.folderInMemory, "\(existing) (\(mount.kind))")) }
        if use == .home || use == .temporary, mount.forbidsPrograms {
            examination.add(.found(.folderWithoutPrograms, "\(existing)"))
        }
        return examination
    }
}
