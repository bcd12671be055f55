import Linux
import Subprocess
package import SystemPackage

/// A program of this computer, run to its end for what it says.
package enum ProgramRun: Sendable, Hashable {
    /// It ended with 0; what it wrote to standard output.
    case done(String)
    /// It ended otherwise; the last line of what it said.
    case failed(String)
    case missing

    package static func of(
        _ program: FilePath, _ arguments: [String] = [], within limit: Duration = .seconds(10)
    ) async -> ProgramRun {
        guard isThere(program) else { return .missing }
        do {
            return try await withThrowingTaskGroup(of: ProgramRun.self) { group in
                group.addTask { try await run(program, arguments) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return .failed("it does not answer")
                }
                // Ending the other one is what makes the first answer count.
                defer { group.cancelAll() }
                return try await group.next() ?? .missing
            }
        } catch {
            return .failed("\(error)")
        }
    }

    static func isThere(_ program: FilePath) -> Bool {
        // Whatever hides it, it is of no use.
        (try? FileStatus(atPath: program.string)) != nil
    }

    private static func run(_ program: FilePath, _ arguments: [String]) async throws -> ProgramRun {
        let result = try await Subprocess.run(
            .path(program), arguments: Arguments(arguments), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        if result.terminationStatus.isSuccess { return .done(result.standardOutput) }
        let said = result.standardError.split(separator: "\n").last.map { String($0) }
        return .failed(said ?? "\(result.terminationStatus)")
    }
}
