import CLinux
import Glibc
package import SystemPackage

/// A program that is nobody's child: it outlives whoever starts it.
package enum DetachedProcess {
    /// Returns when the program has been loaded; whether it does well it must tell itself.
    ///
    /// It gets no descriptor but `/dev/null` and its log, and only this environment.
    package static func start(
        _ executable: FilePath, arguments: [String], environment: [String: String], log: FilePath
    ) throws(Errno) {
        let given = [executable.string] + arguments
        let reason = withCStrings(given) { argumentPointers in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }.sorted()) { environmentPointers in
                lodger_spawn_detached(executable.string, argumentPointers, environmentPointers, log.string)
            }
        }
        guard reason == 0 else { throw Errno(rawValue: reason) }
    }
}
