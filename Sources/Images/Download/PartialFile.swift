import Fetch
import Linux
import MachineConfig
import OpenSSL
import Storage
import Synchronization
import SystemPackage

/// An image on its way: hashed and written as it comes, never longer than declared.
///
/// What is there from an earlier time is read once at the start to bring the hash up to it.
final class PartialFile: DownloadSink {
    private let path: FilePath
    private let size: Int64
    private let progress: @Sendable (Int64) -> Void
    private let state: Mutex<State>

    private struct State: ~Copyable {
        let file: RegularFile
        var digest = Digest(.sha256)
        var offset: Int64 = 0
        var tag: String?
        /// Whether parts of different times, perhaps of different files, were joined.
        var isJoined = false
        var failure: Failure?
    }

    /// Why bytes were not taken.
    enum Failure: Error, Hashable {
        case wrongSize(Int64)
        case wrongDigest
        case full
        case file(Errno)

        init(_ error: Errno) {
            self = error == .noSpace || error == .diskQuotaExceeded ? .full : .file(error)
        }
    }

    /// Opens or makes the file; blocks while it reads what is there.
    ///
    /// `progress` is told how much is there, at each change.
    init(_ path: FilePath, size: Int64, progress: @escaping @Sendable (Int64) -> Void) throws(Failure) {
        self.path = path
        self.size = size
        self.progress = progress
        do throws(Errno) {
            state = Mutex(State(file: try Self.open(path)))
            try state.withLock { (state) throws(Errno) in try Self.catchUp(&state, atMost: size) }
        } catch {
            throw Failure(error)
        }
    }

    var position: DownloadPosition { state.withLock { DownloadPosition(offset: $0.offset, tag: $0.tag) } }
    var isJoined: Bool { state.withLock { $0.isJoined } }
    var failure: Failure? { state.withLock { $0.failure } }

    func begin(_ head: DownloadHead) -> Bool {
        take { state throws(Failure) in
            if let total = head.total, total != size { throw .wrongSize(total) }
            if head.offset == 0, state.offset != 0 { try Self.empty(&state) }
            if head.offset != 0 { state.isJoined = true }
            state.tag = head.tag
        }
    }

    func receive(_ bytes: RawSpan) -> Bool {
        let taken = take { state throws(Failure) in
            let end = state.offset + Int64(bytes.byteCount)
            guard end <= size else { throw .wrongSize(end) }
            do throws(Errno) { try state.file.write(bytes, at: state.offset) } catch { throw Failure(error) }
            state.digest.update(bytes)
            state.offset = end
        }
        if taken { progress(position.offset) }
        return taken
    }

    /// Forgets all that came.
    func restart() throws(Failure) {
        try state.withLock { (state) throws(Failure) in
            try Self.empty(&state)
            state.failure = nil
        }
    }

    /// Compares the hash, makes the file durable and read-only, and gives it its place; blocks for as long as the disk needs.
    func complete(as digest: SHA256Digest, at place: FilePath) throws(Failure) {
        try state.withLock { (state) throws(Failure) in
            guard state.offset == size else { throw .wrongSize(state.offset) }
            var whole = Digest(.sha256)
            swap(&whole, &state.digest)
            guard SHA256Digest(whole.finish().hexadecimal) == digest else { throw .wrongDigest }
            do throws(Errno) {
                try state.file.protect()
                try state.file.sync()
                try Durability.rename(path.string, to: place.string)
                try Durability.syncFolder(place.removingLastComponent().string)
            } catch {
                throw Failure(error)
            }
        }
    }

    /// Removes the file from the disk.
    func discard() {
        // What stays is tried again, found wrong again and removed then.
        try? Durability.unlink(path.string)
    }

    private func take(_ body: (inout State) throws(Failure) -> Void) -> Bool {
        state.withLock { state in
            do throws(Failure) {
                try body(&state)
                return true
            } catch {
                state.failure = error
                return false
            }
        }
    }

    private static func empty(_ state: inout State) throws(Failure) {
        do throws(Errno) { try state.file.resize(to: 0) } catch { throw Failure(error) }
        state.digest = Digest(.sha256)
        state.offset = 0
        state.tag = nil
        state.isJoined = false
    }

    /// What is not a file of ours alone is of no use to us: another one is made in its place.
    private static func open(_ path: FilePath) throws(Errno) -> RegularFile {
        do throws(Errno) {
            let status = try FileStatus(atPath: path.string)
            if status.isFile, status.isOwnedByUs, !status.othersMayWrite {
                return try RegularFile(path.string, for: .change)
            }
            if status.isFolder { try move(path) } else { try Durability.unlink(path.string) }
        } catch {
            guard error == .noSuchFileOrDirectory else { throw error }
        }
        return try RegularFile(path.string, for: .make)
    }

    private static func move(_ folder: FilePath) throws(Errno) {
        do throws(StorageError) { _ = try SetAside.move(folder, as: .damaged) } catch { throw .isDirectory }
    }

    private static func catchUp(_ state: inout State, atMost size: Int64) throws(Errno) {
        if try state.file.status.size > size { try state.file.resize(to: 0) }
        while true {
            let bytes = try state.file.read(1 << 20, at: state.offset)
            if bytes.isEmpty { return }
            state.isJoined = true
            state.digest.update(bytes)
            state.offset += Int64(bytes.count)
        }
    }
}

extension [UInt8] {
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
