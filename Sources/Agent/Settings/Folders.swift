import Linux
import Storage
package import SystemPackage

/// Where the files of this user lie, after the XDG base directories.
package struct Folders: Sendable, Hashable {
    /// Settings, written by the owner.
    package let config: FilePath
    /// What must not be lost: sessions, publishers, grants, what guests wrote.
    package let state: FilePath
    /// What can be fetched again.
    package let cache: FilePath
    /// Sockets and locks, gone at the next start of the computer.
    package let runtime: FilePath

    package init(environment: [String: String], user: UInt32) throws(Failure) {
        // A relative path is to be ignored.
        let absolute = environment.filter { $0.value.hasPrefix("/") }.mapValues { FilePath($0) }
        func folder(_ variable: String, _ inHome: String) throws(Failure) -> FilePath {
            if let path = absolute[variable] { return path.appending("lodger") }
            guard let home = absolute["HOME"] else { throw Failure("HOME is not set to your home folder") }
            return home.pushing(FilePath(inHome)).appending("lodger")
        }
        config = try folder("XDG_CONFIG_HOME", ".config")
        state = try folder("XDG_STATE_HOME", ".local/state")
        cache = try folder("XDG_CACHE_HOME", ".cache")
        runtime = (absolute["XDG_RUNTIME_DIR"] ?? FilePath("/run/user/\(user)")).appending("lodger")
    }

    package var ownerSocket: FilePath { runtime.appending("owner.sock") }
    package var lock: FilePath { runtime.appending("lock") }
    /// What went between guests and the internet, an account for each session.
    package var traffic: FilePath { state.appending("traffic") }
    package var settingsFile: FilePath { config.appending("lodger.toml") }

    /// Makes what is missing; refuses what is not the user's alone.
    package func make() throws(Failure) {
        let base = runtime.removingLastComponent()
        // Whatever hides it, it is not there for us.
        guard let status = try? FileStatus(atPath: base.string), status.isFolder else {
            throw Failure(
                "\(base) is not there: set XDG_RUNTIME_DIR to a folder of yours with mode 0700, as a login session does"
            )
        }
        guard status.isOwnedByUs, !status.isOpenToOthers else {
            throw Failure("\(base) is not used: it must belong to you and have mode 0700")
        }
        for folder in [runtime, state, cache] {
            do throws(StorageError) {
                try PrivateFolder.make(folder)
            } catch {
                throw Failure("\(error)")
            }
            // Made by us with 0700; anything else was made so by somebody.
            guard let status = try? FileStatus(atPath: folder.string), !status.isOpenToOthers else {
                throw Failure("\(folder) is not used: others may look into it; run: chmod 700 \(folder)")
            }
        }
    }
}
