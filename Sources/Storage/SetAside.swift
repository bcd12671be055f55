package import FoundationEssentials
import Linux
package import SystemPackage

/// A file of ours that could not be used and was moved out of the way, with a word in its name that says why and when.
package struct SetAside: Sendable, Hashable {
    /// Where it lies now.
    package let path: FilePath
    package let reason: Reason

    package enum Reason: String, Sendable, CaseIterable {
        /// Half written, not ours alone, or not what it should be.
        case damaged
        /// Written by a later version of Lodger, which may want it back.
        case newer
    }

    /// So many are kept beside each other; the oldest go first.
    package static let kept = 16

    /// Moves a file, or whatever lies in its place.
    @discardableResult
    package static func move(
        _ path: FilePath, as reason: Reason, keeping limit: Int = kept, at time: Date = Date()
    ) throws(StorageError) -> SetAside {
        let stamp = time.formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
        let base = "\(path.string).\(reason.rawValue)-\(stamp)"
        var moved = FilePath(base)
        var number = 1
        // Any reason means that nothing can be seen there, and the rename says more.
        while (try? FileStatus(atPath: moved.string)) != nil {
            number += 1
            moved = FilePath("\(base)-\(number)")
        }
        try PrivateFile.rename(path, to: moved)
        try thin(path.removingLastComponent(), to: limit)
        return SetAside(path: moved, reason: reason)
    }

    /// What lies set aside in a folder, the oldest first; a folder that is not there has nothing.
    package static func all(in folder: FilePath) -> [SetAside] {
        // What cannot be listed is told by whoever needs it.
        let names = (try? PrivateFolder.names(in: folder)) ?? []
        let found = names.compactMap { name in
            mark(of: name).map { (stamp: $0.stamp, file: SetAside(path: folder.appending(name), reason: $0.reason)) }
        }
        return found.sorted { ($0.stamp, $0.file.path.string) < ($1.stamp, $1.file.path.string) }.map(\.file)
    }

    /// What lies set aside in a folder and in the folders in it.
    package static func all(under folder: FilePath, depth: Int = 3) -> [SetAside] {
        guard depth > 0 else { return [] }
        let names = (try? PrivateFolder.names(in: folder)) ?? []
        let folders = names.filter { name in
            mark(of: name) == nil && (try? FileStatus(atPath: folder.appending(name).string))?.isFolder == true
        }
        return all(in: folder) + folders.flatMap { all(under: folder.appending($0), depth: depth - 1) }
    }

    /// The name that a file had before it was set aside.
    package static func originalName(of name: String) -> String? {
        mark(of: name).map { String(name.dropLast($0.length)) }
    }

    /// What the end of a name says: neither words nor stamps have a point in them.
    private static func mark(of name: String) -> (reason: Reason, stamp: String, length: Int)? {
        guard let point = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let end = name[point...]
        for reason in Reason.allCases {
            let beginning = ".\(reason.rawValue)-"
            if end.hasPrefix(beginning) { return (reason, String(end.dropFirst(beginning.count)), end.count) }
        }
        return nil
    }

    /// A folder that somebody put in a file's place is not ours to empty: it stays.
    private static func thin(_ folder: FilePath, to limit: Int) throws(StorageError) {
        let files = all(in: folder).filter { (try? FileStatus(atPath: $0.path.string))?.isFolder == false }
        for file in files.dropLast(limit) { try PrivateFile.remove(file.path) }
    }
}
