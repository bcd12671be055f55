import FoundationEssentials
import Linux
package import SystemPackage
import TOML

/// The text of a settings file.
package struct SettingsFile: Sendable {
    package let path: FilePath
    private let text: String

    /// In bytes.
    private static let limit = 64 << 10

    package init(path: FilePath, text: String) {
        self.path = path
        self.text = text
    }

    /// Reads a file that only root or the user can have written; `nil` where there is none.
    package init?(readingIfThere path: FilePath) throws(SettingsFault) {
        do throws(Errno) {
            self.init(path: path, text: try Self.read(path))
        } catch .noSuchFileOrDirectory {
            return nil
        } catch .permissionDenied {
            throw SettingsFault(
                file: path, reason: "cannot be used: it must belong to you or root, and nobody else may write it")
        } catch {
            throw SettingsFault(file: path, reason: "cannot be read: \(error)")
        }
    }

    /// The files that count, the weakest first: the system's and the user's, or one named in their place.
    package static func all(_ folders: Folders, instead named: String?) throws(SettingsFault) -> [SettingsFile] {
        guard let named else {
            return [try SettingsFile(readingIfThere: system), try SettingsFile(readingIfThere: folders.settingsFile)]
                .compactMap(\.self)
        }
        let path = FilePath(named)
        guard let file = try SettingsFile(readingIfThere: path) else {
            throw SettingsFault(file: path, reason: "is not there")
        }
        return [file]
    }

    private static let system: FilePath = "/etc/lodger/lodger.toml"

    func table() throws(SettingsFault) -> SettingsTable {
        do throws(TOMLError) {
            return SettingsTable(file: path, members: try TOMLDocument(parsing: text).members)
        } catch {
            throw SettingsFault(file: path, reason: error.description)
        }
    }

    private static func read(_ path: FilePath) throws(Errno) -> String {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
            return try file.closeAfter {
                let status = try FileStatus(of: file.rawValue)
                guard status.isFile, status.isOwnedByUs || status.isOwnedByRoot, !status.othersMayWrite else {
                    throw Errno.permissionDenied
                }
                let bytes = try ReadWhole.bytes(of: file, limit: limit)
                guard let text = String(validating: bytes, as: UTF8.self) else { throw Errno.illegalByteSequence }
                return text
            }
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }
}
