import Linux
import MachineConfig
import Sessions
import Storage
import SystemPackage

/// The writable layers of machines: a folder for each machine, named by our own identifier.
///
/// Beside each layer a small file names the image below. It is ours alone, where the layer itself belongs to the guest's
/// processor emulation.
struct OverlayFolder: Sendable {
    let path: FilePath

    func make(_ overlay: Overlay, over base: SHA256Digest, for machine: MachineIdentifier, disk: Int)
        throws(StorageError)
        -> FilePath
    {
        let folder = folder(of: machine)
        try PrivateFolder.make(folder)
        let file = folder.appending("disk\(disk).qcow2")
        do throws(Errno) {
            // Not made durable: after a crash of the computer there is no machine to which this belongs.
            let note = try RegularFile(folder.appending("disk\(disk).base").string, for: .make)
            try note.write(Array(base.description.utf8), at: 0)
            try overlay.write(to: file)
        } catch {
            throw StorageError(operation: "write", path: file, error)
        }
        return file
    }

    func remove(of machine: MachineIdentifier) throws(StorageError) {
        let folder = folder(of: machine)
        guard exists(folder) else { return }
        for name in try PrivateFolder.names(in: folder) { try PrivateFile.remove(folder.appending(name)) }
        do throws(Errno) {
            try Folder.remove(folder.string)
        } catch {
            throw StorageError(operation: "remove", path: folder, error)
        }
    }

    func machines() throws(StorageError) -> [MachineIdentifier] {
        guard exists(path) else { return [] }
        return try PrivateFolder.names(in: path).compactMap { MachineIdentifier($0) }
    }

    /// The images that lie below any machine's layers.
    func bases() throws(StorageError) -> Set<SHA256Digest> {
        var bases: Set<SHA256Digest> = []
        for machine in try machines() {
            let folder = folder(of: machine)
            for name in try PrivateFolder.names(in: folder) where name.hasSuffix(".base") {
                let text = String(decoding: try PrivateFile.read(folder.appending(name), limit: 64), as: UTF8.self)
                if let digest = SHA256Digest(text) { bases.insert(digest) }
            }
        }
        return bases
    }

    private func folder(of machine: MachineIdentifier) -> FilePath { path.appending(machine.description) }

    private func exists(_ path: FilePath) -> Bool {
        // Where it cannot be looked at, the next step says why.
        (try? FileStatus(atPath: path.string)) != nil
    }
}
