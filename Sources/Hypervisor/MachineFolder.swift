import FoundationEssentials
import Linux
import Sessions
import Storage
import SystemPackage

/// The folder of one machine that runs: its sockets, its lock, the variables of its firmware.
struct MachineFolder: Sendable {
    let path: FilePath

    init(of machine: MachineIdentifier, in runtimeFolder: FilePath) {
        path = runtimeFolder.appending(machine.description)
    }

    /// Where QEMU holds out the machine's network card: in the one folder that is QEMU's to write.
    var card: FilePath { emulator.appending("net.sock") }
    private var emulator: FilePath { path.appending("qemu") }
    var networkLock: FilePath { path.appending("net.lock") }
    var networkLog: FilePath { path.appending("net.log") }
    var firmwareVariables: FilePath { emulator.appending("firmware.fd") }

    func port(_ port: UInt16) -> FilePath { path.appending("port-\(port).sock") }

    func make() throws(StorageError) {
        try PrivateFolder.make(path)
        try PrivateFolder.make(emulator)
    }

    /// Removes the folder and all in it; one that is not there is no error.
    func remove() throws(StorageError) {
        do {
            try FileManager.default.removeItem(atPath: path.string)
        } catch let error as CocoaError where error.code == .fileNoSuchFile {
            return
        } catch {
            throw StorageError(operation: "remove", path: path.string, reason: "\(error)")
        }
    }

    /// The machines that have a folder here, whatever else lies beside.
    static func machines(in runtimeFolder: FilePath) throws(StorageError) -> [MachineIdentifier] {
        try PrivateFolder.make(runtimeFolder)
        return try PrivateFolder.names(in: runtimeFolder).compactMap { MachineIdentifier($0) }
    }
}
