import FoundationEssentials
import SystemPackage

/// A file of the system's that is read as text.
enum TextFile {
    /// `nil` where it is not there or may not be read.
    static func text(_ path: FilePath) -> String? {
        // Each check knows what a file that is not there means.
        try? String(contentsOfFile: path.string, encoding: .utf8)
    }

    static func words(_ path: FilePath) -> [Substring] { text(path)?.split { $0.isWhitespace } ?? [] }
}
