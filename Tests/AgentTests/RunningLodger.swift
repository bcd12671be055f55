import FoundationEssentials
import Linux
import Subprocess
import SystemPackage
import Testing

/// A daemon of a home, as a process of its own.
struct RunningLodger: Sendable {
    let home: Home
    let process: Int32
    let signal: @Sendable (Signal) throws -> Void

    /// What it has logged up to now.
    var log: String {
        get async throws { try await home.call(["/bin/cat", home.path("daemon.log")]).output }
    }

    /// Whether it has not ended, whatever user it has become by now.
    var lives: Bool {
        // A process that is gone has no file.
        let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ") Z"
        return !status.contains(") Z")
    }

    func send(_ number: Signal) throws { try signal(number) }

    /// The port that it says it listens on.
    var port: UInt16 {
        get async throws {
            let text = try await home.lodger("status", "--json").output
            struct Status: Decodable { let port: UInt16 }
            return try JSONDecoder().decode(Status.self, from: Data(text.utf8)).port
        }
    }
}

extension Home {
    /// Runs the daemon on any free port while the body runs, then ends it as its owner would, and returns its exit status.
    func daemon(
        _ arguments: String..., with variables: [String: String] = [:], under supervisor: [String] = [],
        endedByBody: Bool = false, _ body: (RunningLodger) async throws -> Void
    ) async throws -> Int32 {
        let lodger = [try Self.executable.string, "run"] + (supervisor.isEmpty ? ["--port", "0"] : []) + arguments
        let redirected = ["/bin/sh", "-c", "exec \"$@\" 2>\"$HOME/../daemon.log\" >\"$HOME/../daemon.out\"", "sh"]
        // What an earlier daemon said must not be taken for this one's.
        _ = try await call(["/bin/rm", "-f", path("daemon.log")])
        let command = Self.asUser(redirected + supervisor + lodger)
        let result = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: Self.environment(environment.merging(variables) { $1 }),
            input: .none, output: .discarded, error: .discarded
        ) { execution in
            let running = RunningLodger(home: self, process: execution.processIdentifier.value) {
                try execution.send(signal: $0)
            }
            do {
                try await ready(running)
                try await body(running)
            } catch {
                // It may be gone already; the error that is thrown says more.
                try? execution.send(signal: .terminate)
                throw error
            }
            // A second signal would end it at once.
            if !endedByBody { try execution.send(signal: .terminate) }
        }
        return Self.number(of: result.terminationStatus)
    }

    private func ready(_ running: RunningLodger) async throws {
        for _ in 0..<600 {
            if try await running.log.contains(" ready ") { return }
            guard running.lives else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let log = try await running.log
        Issue.record("the daemon is not ready: \(log)")
        throw CancellationError()
    }
}
