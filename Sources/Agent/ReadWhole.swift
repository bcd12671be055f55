import SystemPackage

/// Reads a file to its end.
enum ReadWhole {
    /// A file over the limit is an error, so that nothing is taken for whole that is not.
    static func bytes(of file: FileDescriptor, limit: Int) throws -> [UInt8] {
        let bytes = unsafe try [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
            while count <= limit {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                let got = unsafe try file.read(into: rest)
                if got == 0 { break }
                count += got
            }
        }
        guard bytes.count <= limit else { throw Errno.fileTooLarge }
        return bytes
    }
}
