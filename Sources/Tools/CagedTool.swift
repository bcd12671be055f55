package import Cage
import Subprocess
import SystemPackage

/// Runs programs of others on bytes of strangers, such as `qemu-img` on an image, in a cage and within limits.
package struct CagedTool: Sendable {
    private let cage: Cage

    package init(_ cage: Cage) { self.cage = cage }

    /// What the program prints, at the most so many bytes of it.
    ///
    /// One that fails, prints more or takes longer is an error; it is ended before this returns, with all that it started.
    package func output(
        of arguments: [String], under policy: CagePolicy, limit: Int, within time: Duration
    ) async throws(CageFault) -> String {
        let name = policy.program.lastComponent?.string ?? "program"
        do {
            return try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask { [self] in try await run(arguments, policy, limit, name) }
                group.addTask {
                    try await Task.sleep(for: time)
                    throw CageFault("\(name) took longer than \(time)")
                }
                // Ending the other one is what makes the first answer count.
                defer { group.cancelAll() }
                return try await group.next() ?? ""
            }
        } catch let fault as CageFault {
            throw fault
        } catch {
            throw CageFault("\(name) did not run: \(error)")
        }
    }

    private func run(
        _ arguments: [String], _ policy: CagePolicy, _ limit: Int, _ name: String
    ) async throws -> String {
        let result = try await Subprocess.run(
            .path(cage.builder), arguments: Arguments(cage.arguments(policy, arguments)), environment: .custom([:]),
            output: .string(limit: limit), error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            let words = result.standardError.split(separator: "\n").last ?? "no reason given"
            throw CageFault("\(name) failed (\(result.terminationStatus)): \(words)")
        }
        return result.standardOutput
    }
}
