import Cage
import FoundationEssentials
import Linux
import Storage
import SystemPackage

/// QEMU in a cage, as libvirt is told of it: a link to the builder of cages that is named after the QEMU behind it.
///
/// libvirt remembers what an emulator can do by its path, and sees no new QEMU behind an unchanged builder. With a newer
/// QEMU the link has another name, so libvirt asks anew.
struct CagedEmulator: Sendable {
    let emulator: FilePath
    let cage: Cage
    private let folder: FilePath

    init(_ settings: HypervisorSettings) {
        emulator = settings.emulator
        cage = settings.cage
        folder = settings.cacheFolder.appending("emulators")
    }

    /// Makes the link where it is missing.
    func link() throws(StorageError) -> FilePath {
        // Where the file cannot be looked at it does not run either.
        let status = try? FileStatus(atPath: emulator.string)
        let mark = String(status?.changed ?? 0, radix: 36) + "-" + String(status?.size ?? 0, radix: 36)
        let link = folder.appending("\(emulator.lastComponent?.string ?? "emulator")-\(mark)")
        // Whatever hides it, it is made anew.
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: link.string)) == cage.builder.string {
            return link
        }
        try PrivateFolder.make(folder)
        let draft = folder.appending(UUID().uuidString)
        do {
            try FileManager.default.createSymbolicLink(
                atPath: draft.string, withDestinationPath: cage.builder.string)
        } catch {
            throw StorageError(operation: "link", path: draft.string, reason: "\(error)")
        }
        do throws(Errno) {
            try Durability.rename(draft.string, to: link.string)
        } catch {
            throw StorageError(operation: "rename", path: draft.string, reason: "\(error)")
        }
        return link
    }
}
