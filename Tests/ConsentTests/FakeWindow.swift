import FoundationEssentials
import Glibc
import Testing

/// A folder with a program in the place of the window, gone when the test ends.
final class FakeWindow {
    let folder: String
    var program: String { "\(folder)/window" }
    var started: String { "\(folder)/started" }

    /// `body` is for the shell, which knows the question's `$id`.
    init(_ body: String, mode: mode_t = 0o755) throws {
        ProcessSignals.ignoreBrokenPipes()
        folder = TemporaryFolder.make()
        try #require(!folder.isEmpty)
        let script = """
            #!/bin/sh
            echo start >>'\(folder)/started'
            echo $$ >'\(folder)/pid'
            id=$(sed 's/.*"id":"\\([^"]*\\)".*/\\1/')
            answer() { printf '{"id":"%s","decision":"%s"}' "$id" "$1"; }
            \(body)

            """
        try Data(script.utf8).write(to: URL(filePath: program))
        try #require(chmod(program, mode) == 0)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }  // what is left of it harms nobody

    func lines(of name: String) -> [String] {
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// How often the program was run.
    var runs: Int { lines(of: "started").count }

    /// Whether the process of the last run is still there.
    var isRunning: Bool {
        guard let pid = lines(of: "pid").first.flatMap({ pid_t($0) }) else { return false }
        return kill(pid, 0) == 0
    }

    /// Waits until the program runs.
    func starts(times: Int = 1) async throws {
        for _ in 0..<600 where runs < times { try await Task.sleep(for: .milliseconds(50)) }
        try #require(runs >= times)
    }

    func ends() async throws {
        for _ in 0..<600 where isRunning { try await Task.sleep(for: .milliseconds(50)) }
        try #require(!isRunning)
    }
}

enum TemporaryFolder {
    static func make() -> String {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/lodger-consent-XXXXXX".utf8CString)
        return template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
    }
}

enum ProcessSignals {
    /// As the daemon does: a window that ends before it has read is no reason to end.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}
