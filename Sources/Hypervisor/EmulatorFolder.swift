import FoundationEssentials
import Sessions
import Storage
import SystemPackage

/// Where libvirt keeps the socket over which it speaks to one machine's QEMU.
///
/// libvirt removes it with the machine, unless it died itself while it started the machine.
struct EmulatorFolder: Sendable {
    private let parent: FilePath
    /// libvirt puts its own number before it, and cuts the name.
    private let suffix: String

    init(of machine: MachineIdentifier, in parent: FilePath) {
        self.parent = parent
        suffix = "-" + DomainDefinition.name(of: machine).prefix(20)
    }

    func remove() throws(StorageError) {
        guard FileManager.default.fileExists(atPath: parent.string) else { return }
        for name in try PrivateFolder.names(in: parent) where name.hasPrefix("domain-") && name.hasSuffix(suffix) {
            let path = parent.appending(name)
            do {
                try FileManager.default.removeItem(atPath: path.string)
            } catch let error as CocoaError where error.code == .fileNoSuchFile {
                continue
            } catch {
                throw StorageError(operation: "remove", path: path.string, reason: "\(error)")
            }
        }
    }
}
