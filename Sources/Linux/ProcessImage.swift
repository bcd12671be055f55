import CLinux
import Glibc
package import SystemPackage

/// What runs in this process.
package enum ProcessImage {
    /// Runs another program in this process instead; returns only to say why it does not.
    package static func replace(
        with executable: FilePath, name: String? = nil, arguments: [String], environment: [String: String]
    ) -> Errno {
        withCStrings([name ?? executable.string] + arguments) { argumentPointers in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }.sorted()) { environmentPointers in
                execve(executable.string, argumentPointers, environmentPointers)
                return Errno(rawValue: errno)
            }
        }
    }

    /// The program's own file.
    package static func path() throws(Errno) -> FilePath {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &bytes, bytes.count)
        guard length > 0 else { throw Errno(rawValue: errno) }
        return FilePath(String(decoding: bytes[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// Folders of the shared libraries in this process that are not the system's own: a toolchain's, where it was not linked in.
    package static func foreignLibraryFolders() -> Set<FilePath> {
        guard let file = fopen("/proc/self/maps", "re") else { return [] }
        defer { fclose(file) }
        var (line, size): (UnsafeMutablePointer<CChar>?, Int) = (nil, 0)
        defer { free(line) }
        var folders: Set<FilePath> = []
        while getline(&line, &size, file) > 0, let line {
            let text = String(cString: line)
            guard let slash = text.firstIndex(of: "/") else { continue }
            let path = FilePath(String(text[slash...].prefix { $0 != "\n" }))
            guard path.lastComponent?.string.contains(".so") == true, !path.starts(with: "/usr") else { continue }
            folders.insert(path.removingLastComponent())
        }
        return folders
    }

    /// What it was started with; of a name that is there twice, the first.
    package static func environment() -> [String: String] {
        var (variables, next): ([String: String], Int) = ([:], 0)
        guard let list = lodger_environment() else { return [:] }
        while let variable = list[next] {
            let words = String(cString: variable).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if words.count == 2, variables[String(words[0])] == nil { variables[String(words[0])] = String(words[1]) }
            next += 1
        }
        return variables
    }
}
