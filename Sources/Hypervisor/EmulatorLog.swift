import FoundationEssentials
import Sessions
import Storage
import SystemPackage

/// What QEMU had to say about one machine: a file that libvirt makes for every name a machine ever had, and never removes.
struct EmulatorLog: Sendable {
    private let folder: FilePath
    private let name: String

    init(of machine: MachineIdentifier, in folder: FilePath) {
        self.folder = folder
        name = DomainDefinition.name(of: machine) + ".log"
    }

    /// The last line; nil where there is none.
    var lastWords: String? {
        // A machine that died without a word is no second failure.
        guard let text = try? PrivateFile.read(folder.appending(name), limit: 4 << 20) else { return nil }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").last.map { String($0) }
    }

    /// Removes the file and the older parts that libvirt set aside.
    func remove() throws(StorageError) {
        guard FileManager.default.fileExists(atPath: folder.string) else { return }
        for part in try PrivateFolder.names(in: folder) where part.hasPrefix(name) {
            try PrivateFile.remove(folder.appending(part))
        }
    }
}
