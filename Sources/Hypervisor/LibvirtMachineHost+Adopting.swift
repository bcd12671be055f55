import Libvirt
import Linux
import Logging
package import Sessions
import Storage
import SystemPackage

extension LibvirtMachineHost {
    package func adopt() async throws(MachineHostError) -> [MachineIdentifier: MachineCondition] {
        let folders = try await machinesWithFolder()
        guard !folders.isEmpty else { return [:] }
        let found = try await withConnection { connection throws(LibvirtError) in
            try MachineWatch.machines(over: connection)
        }
        for (machine, condition) in found { table.adopt(machine, condition) }
        for machine in found.keys {
            let folder = MachineFolder(of: machine, in: settings.runtimeFolder)
            do throws(MachineHostError) {
                try await revive(folder, for: try await metadata(of: machine))
            } catch {
                // The machine itself runs: a port that does not answer is told when it is asked for.
                logger.error("network not found again", metadata: ["machine": "\(machine)", "reason": "\(error)"])
            }
        }
        await removeTraces(of: folders.filter { found[$0] == nil })
        return found
    }

    /// Every machine has a folder from before it starts until after it has ended.
    ///
    /// So where there is none, libvirt need not be woken to say that it knows none.
    private func machinesWithFolder() async throws(MachineHostError) -> [MachineIdentifier] {
        do throws(StorageError) {
            return try await threads.run { [settings] () throws(StorageError) in
                try MachineFolder.machines(in: settings.runtimeFolder)
            }
        } catch {
            throw .failed("\(error)")
        }
    }

    /// Cleans up behind machines that ended while nobody watched; one that is just being started is none of them.
    private func removeTraces(of machines: [MachineIdentifier]) async {
        await threads.run { [table] in
            for machine in machines where !table.contains(machine) { table.removeTraces(of: machine) }
        }
    }
}
