import Logging
package import MachineConfig
package import Sessions
import Storage
package import SystemPackage

extension ImageCache {
    package func makeOverlay(
        over base: FilePath, format: DiskFormat, capacity: Int64, for machine: MachineIdentifier, disk: Int
    ) throws(ImageStoreError) -> FilePath {
        guard let digest = plan.digest(of: base), size(of: base) != nil else {
            throw .failed("\(base) is not an image of the cache")
        }
        return try storing { () throws(StorageError) in
            try overlays.make(
                Overlay(base: base, format: format, capacity: capacity), over: digest, for: machine, disk: disk)
        }
    }

    package func removeOverlays(of machine: MachineIdentifier) throws(ImageStoreError) {
        try storing { () throws(StorageError) in try overlays.remove(of: machine) }
    }

    package func removeOverlays(except machines: Set<MachineIdentifier>) throws(ImageStoreError) {
        try storing { () throws(StorageError) in
            for machine in try overlays.machines() where !machines.contains(machine) {
                try overlays.remove(of: machine)
                logger.info("Removed the disks of a machine that is gone.", metadata: ["machine": "\(machine)"])
            }
        }
    }
}
