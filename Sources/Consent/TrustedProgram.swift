import Linux
package import SystemPackage

/// A program that nobody but root and the user can have put there.
package struct TrustedProgram: Sendable, Hashable {
    package let path: FilePath

    /// Refuses what is not a plain executable file, belongs to somebody else, or may be written by others.
    package init(_ path: FilePath) throws(ProgramRefused) {
        guard path.isAbsolute else { throw ProgramRefused(path: path, reason: "its path is not absolute") }
        let status: FileStatus
        do {
            status = try FileStatus(atPath: path.string)
        } catch {
            throw ProgramRefused(path: path, reason: error.description)
        }
        guard status.isFile, status.isExecutable else {
            throw ProgramRefused(path: path, reason: "it is not an executable file")
        }
        guard status.isOwnedByRoot || status.isOwnedByUs else {
            throw ProgramRefused(path: path, reason: "it belongs to another user")
        }
        guard !status.othersMayWrite else { throw ProgramRefused(path: path, reason: "others may write it") }
        self.path = path
    }

    /// Where the consent window lies for a daemon of this path: beside it when built, in `libexec` when installed.
    package static func consentWindow(besideDaemon daemon: FilePath) -> FilePath? {
        let folder = daemon.removingLastComponent()
        let places = [
            folder.appending("lodger-consent"),
            folder.removingLastComponent().appending("libexec").appending("lodger").appending("lodger-consent"),
        ]
        return places.first { place in
            // Whether it may be used, and why not, is found out at each question.
            (try? FileStatus(atPath: place.string)) != nil
        }
    }
}

package struct ProgramRefused: Error, Hashable, CustomStringConvertible {
    package let path: FilePath
    package let reason: String

    package var description: String { "\(path) is not used: \(reason)" }
}
