import Linux
import SystemPackage

/// Files of a site's owner, named on the command line.
enum SiteFile {
    /// In bytes; no configuration and no site document is longer.
    private static let limit = 512 << 10

    static func read(_ name: String) throws(Failure) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(FilePath(name), .readOnly, options: [.closeOnExec])
            return try file.closeAfter { try ReadWhole.bytes(of: file, limit: limit) }
        } catch {
            throw Failure("cannot read \(name): \(error)")
        }
    }

    /// Makes a file; one that exists is never touched.
    static func make(_ name: FilePath, _ bytes: [UInt8], permissions: FilePermissions) throws(Failure) {
        do {
            let file = try FileDescriptor.open(
                name, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
                permissions: permissions)
            try file.closeAfter { _ = try file.writeAll(bytes) }
        } catch Errno.fileExists {
            throw Failure("\(name) is there already; it is not overwritten")
        } catch {
            throw Failure("cannot write \(name): \(error)")
        }
    }

    /// Writes a file anew, in the place of an older one.
    static func write(_ name: FilePath, _ bytes: [UInt8]) throws(Failure) {
        do {
            let file = try FileDescriptor.open(
                name, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(bytes) }
        } catch {
            throw Failure("cannot write \(name): \(error)")
        }
    }

    static func exists(_ name: FilePath) -> Bool {
        // Whatever hides it, it is not there for us.
        (try? FileStatus(atPath: name.string)) != nil
    }
}
