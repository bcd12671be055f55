package import Addresses
package import MachineConfig
package import Sessions
package import Synchronization
package import SystemPackage

/// Images that are there at once, or never come.
package final class FakeImageStore: ImageStore {
    package struct State: Sendable {
        package var overlays: [MachineIdentifier: Int] = [:]
        package var failure: ImageStoreError?
        /// Whether a download hangs until it is cancelled.
        package var hangs = false
    }

    package let state = Mutex(State())

    package init() {}

    package func image(
        _ reference: ImageReference, format: DiskFormat?, capacity: Int64?, for site: SiteOrigin,
        progress: @Sendable @escaping (ImageProgress) -> Void
    ) async throws(ImageStoreError) -> FilePath {
        let (failure, hangs) = state.withLock { ($0.failure, $0.hangs) }
        if let failure { throw failure }
        progress(
            ImageProgress(digest: reference.digest, bytes: reference.size / 2, total: reference.size, rate: 1000))
        if hangs {
            // Ends with the task that waits.
            try? await Task.sleep(for: .seconds(3600))
            throw .cancelled
        }
        return FilePath("/nowhere/\(reference.digest)")
    }

    package func missing(of references: [ImageReference]) async -> Int64 {
        references.reduce(0) { $0 + $1.size }
    }

    package func makeOverlay(
        over base: FilePath, format: DiskFormat, capacity: Int64, for machine: MachineIdentifier, disk: Int
    ) async throws(ImageStoreError) -> FilePath {
        state.withLock { $0.overlays[machine, default: 0] += 1 }
        return FilePath("/nowhere/\(machine)/disk\(disk).qcow2")
    }

    package func removeOverlays(of machine: MachineIdentifier) async throws(ImageStoreError) {
        state.withLock { $0.overlays[machine] = nil }
    }

    package func removeOverlays(except machines: Set<MachineIdentifier>) async throws(ImageStoreError) {
        state.withLock { state in state.overlays = state.overlays.filter { machines.contains($0.key) } }
    }
}
