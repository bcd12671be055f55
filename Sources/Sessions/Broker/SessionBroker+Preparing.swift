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
        // Whoever waits for it must not be remembered after the start.
        defer { abandonedStarts.release(session) }
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
        let total = await images.missing(of: configuration.images)
        var files: [SHA256Digest: FilePath] = [:]
        var done: Int64 = 0
        for reference in configuration.images where files[reference.digest] == nil {
            let beginning = clock.moment
            let missing = await images.missing(of: [reference])
            let here = reference.size - missing
            files[reference.digest] = try await store(
                reference, as: nil, for: record, counting: { [done] bytes in (done + max(0, bytes - here), total) })
            done += missing
            tell(
                .imageReady, of: record.session,
                ["image": "\(reference.digest)", "bytes": "\(reference.size)", "fetched": "\(missing)"],
                since: beginning)
        }
        var overlays: [FilePath] = []
        for (index, disk) in configuration.disks.enumerated() {
            // The same file may be two disks, each with a format and a capacity of its own.
            let base = try await store(disk.image, as: disk, for: record, counting: { _ in (total, total) })
            let overlay = try await storing { () throws(ImageStoreError) in
                try await images.makeOverlay(
                    over: base, format: disk.format, capacity: disk.capacity, for: machine, disk: index)
            }
            overlays.append(overlay)
            tell(.layerMade, of: record.session, ["disk": "\(index)"])
        }
        return MachineSpecification(
            identifier: machine, session: record.session, configuration: configuration, images: files,
            overlays: overlays)
    }

    /// The local file of an image; `counting` turns what came of it into what came of the whole download.
    private func store(
        _ reference: ImageReference, as disk: Disk?, for record: SessionRecord,
        counting: @escaping @Sendable (Int64) -> (bytes: Int64, total: Int64)
    ) async throws(SessionError) -> FilePath {
        let session = record.session
        let sink = progress.continuation
        return try await storing { () throws(ImageStoreError) in
            try await images.image(
                reference, format: disk?.format, capacity: disk?.capacity, for: record.site,
                progress: { progress in
                    let (bytes, total) = counting(progress.bytes)
                    let remaining = progress.rate > 0 ? Int((total - bytes) / progress.rate) : nil
                    sink.yield(
                        (
                            session,
                            StepProgress(
                                step: .downloading, bytes: bytes, total: total, rate: progress.rate,
                                remaining: remaining)
                        ))
                })
        }
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
