import Glibc
package import SystemPackage

/// An open regular file, closed when it goes away; links are not followed.
///
/// Reads and writes say where, so there is no position that could be wrong.
package struct RegularFile: ~Copyable, Sendable {
    private let descriptor: CInt

    package enum Purpose: Sendable {
        case read
        case change
        /// Makes the file, for us alone; one that exists is an error.
        case make
    }

    package init(_ path: String, for purpose: Purpose) throws(Errno) {
        let flags =
            switch purpose {
            case .read: O_RDONLY
            case .change: O_RDWR
            case .make: O_RDWR | O_CREAT | O_EXCL
            }
        // Without O_NONBLOCK, opening a pipe of that name would wait for its other end.
        let descriptor = open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        do throws(Errno) {
            guard try FileStatus(of: descriptor).isFile else { throw .invalidArgument }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    package var status: FileStatus {
        get throws(Errno) { try FileStatus(of: descriptor) }
    }

    /// Writes all of the bytes, without a copy.
    package func write(_ bytes: RawSpan, at offset: Int64) throws(Errno) {
        var done = 0
        var failure: Errno?
        bytes.withUnsafeBytes { buffer in
            while done < buffer.count {
                let count = pwrite(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset) + done)
                if count >= 0 {
                    done += count
                } else if errno != EINTR {
                    failure = Errno(rawValue: errno)
                    return
                }
            }
        }
        if let failure { throw failure }
    }

    package func write(_ bytes: [UInt8], at offset: Int64) throws(Errno) { try write(bytes.span.bytes, at: offset) }

    /// At most so many bytes from there; fewer only at the end of the file.
    package func read(_ count: Int, at offset: Int64) throws(Errno) -> [UInt8] {
        var failure: Errno?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let got = pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, off_t(offset) + done)
                if got > 0 {
                    done += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    failure = Errno(rawValue: errno)
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    package func resize(to size: Int64) throws(Errno) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw Errno(rawValue: errno) }
    }

    /// From now on the owner may only read it.
    package func protect() throws(Errno) {
        guard fchmod(descriptor, 0o400) == 0 else { throw Errno(rawValue: errno) }
    }

    package func sync() throws(Errno) { try Durability.sync(descriptor) }
}
