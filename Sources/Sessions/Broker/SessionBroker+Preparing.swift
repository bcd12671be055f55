import MachineConfig
import SystemPackage

extension SessionBroker {
    /// Brings every image to this computer and makes the machine's own layers.
    ///
    /// Given up when the session is stopped meanwhile.
    func prepare(
        _ machine: MachineIdentifier, for session: SessionIdentifier
    ) async throws(SessionError) -> MachineSpecification {
        guard let record = sessions[session]?.record else { throw .unknownSession }
        let abandoned = abandonedStarts.wait(for: session)
        let result = await withTaskGroup(of: Result<MachineSpecification, SessionError>.self) { group in
            group.addTask {
                do throws(SessionError) {
                    return .success(try await self.fetch(record, machine: machine))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                for await _ in abandoned {}
                return .failure(.cancelled)
            }
            let first = await group.next() ?? .failure(.cancelled)
            group.cancelAll()
            return first
        }
        return try result.get()
    }

    private func fetch(
        _ record: SessionRecord, machine: MachineIdentifier
    ) async throws(SessionError) -> MachineSpecification {
        let configuration = record.configuration
        var files: [SHA256Digest: FilePath] = [:]
        var done: Int64 = 0
        let total = await images.missing(of: configuration.images)
        let session = record.session
        for reference in configuration.images where files[reference.digest] == nil {
            let disk = configuration.disks.first { $0.image.digest == reference.digest }
            let before = done
            let wasMissing = await images.missing(of: [reference])
            files[reference.digest] = try await storing { () throws(ImageStoreError) in
                try await images.image(
                    reference, format: disk?.format, capacity: disk?.capacity, for: record.site,
                    progress: { progress in
                        self.report(progress, after: before, of: total, for: session)
                    })
            }
            done += wasMissing
        }
        var overlays: [FilePath] = []
        for (index, disk) in configuration.disks.enumerated() {
            guard let base = files[disk.image.digest] else { throw .images(.failed("no base for disk \(index)")) }
            let overlay = try await storing { () throws(ImageStoreError) in
                try await images.makeOverlay(
                    over: base, format: disk.format, capacity: disk.capacity, for: machine, disk: index)
            }
            overlays.append(overlay)
        }
        return MachineSpecification(
            identifier: machine, configuration: configuration, images: files, overlays: overlays)
    }

    /// Turns one image's progress into the whole download's.
    private nonisolated func report(
        _ progress: ImageProgress, after before: Int64, of total: Int64, for session: SessionIdentifier
    ) {
        // An image that was partly here already counts what came, never more than the whole.
        let bytes = min(before + progress.bytes, max(total, before + progress.bytes))
        let whole = max(total, bytes)
        let remaining = progress.rate > 0 ? Int((whole - bytes) / progress.rate) : nil
        let step = StepProgress(
            step: .downloading, bytes: bytes, total: whole, rate: progress.rate, remaining: remaining)
        self.progress.continuation.yield((session, step))
    }

    private func storing<Value>(
        _ body: () async throws(ImageStoreError) -> Value
    ) async throws(SessionError) -> Value {
        do {
            return try await body()
        } catch {
            throw .images(error)
        }
    }
}
