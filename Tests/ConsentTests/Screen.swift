import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage
import Testing

/// A virtual screen with a window manager and a session bus, and what drives the windows on it.
struct Screen {
    let environment: [String: String]

    private static let scripts = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Dialog")

    /// The built window; it lies beside the tests.
    static var window: FilePath? {
        guard let tests = realpath(CommandLine.arguments[0], nil) else { return nil }
        defer { free(tests) }
        let program = FilePath(String(cString: tests)).removingLastComponent().appending("lodger-consent")
        return access(program.string, X_OK) == 0 ? program : nil
    }

    static var isAvailable: Bool {
        ["Xvfb", "openbox", "dbus-daemon", "xdotool", "zenity", "python3"].allSatisfy {
            access("/usr/bin/\($0)", X_OK) == 0
        }
            && window != nil
    }

    /// The screen lives as long as `body` runs.
    static func with(_ body: (Screen) async throws -> Void) async throws {
        ProcessSignals.ignoreBrokenPipes()
        _ = try await Subprocess.run(
            .path("/usr/bin/python3"), arguments: ["-B", Self.scripts.appending("screen.py").string],
            input: .inputWriter, output: .sequence, error: .discarded
        ) { execution in
            var line: [UInt8] = []
            for try await buffer in execution.standardOutput {
                line += buffer.bytes.withUnsafeBytes { Array($0) }
                if line.last == 0x0A { break }
            }
            let environment = try JSONDecoder().decode([String: String].self, from: Data(line))
            try await body(Screen(environment: environment))
            try await execution.standardInputWriter.finish()
        }
    }

    /// Runs a program there and returns what it says.
    @discardableResult func run(_ program: String, _ arguments: [String]) async throws -> String {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment { variables[try #require(Environment.Key(rawValue: name))] = value }
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments), environment: .custom(variables),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        #expect(result.terminationStatus.isSuccess, "\(program): \(result.standardError)")
        return result.standardOutput
    }

    /// Answers our own window and returns the texts that it showed.
    func press(_ answer: String) async throws -> String {
        try await run("/usr/bin/python3", ["-B", "-W", "ignore", Self.scripts.appending("press.py").string, answer])
    }

    func key(_ keys: String...) async throws { try await run("/usr/bin/xdotool", ["key"] + keys) }

    /// Waits for a window of this title that has the focus.
    func waitForWindow(_ title: String) async throws {
        try await run(
            "/usr/bin/timeout",
            ["60", "/usr/bin/xdotool", "search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync"])
    }

    /// The process of a window of this title.
    func processOfWindow(_ title: String) async throws -> pid_t {
        let text = try await run("/usr/bin/xdotool", ["search", "--onlyvisible", "--name", title, "getwindowpid"])
        return try #require(pid_t(text.split(separator: "\n").first ?? ""))
    }

    /// The texts of the first window of an application, as a screen reader finds them.
    func texts(of application: String) async throws -> String {
        let code = """
            import sys; sys.path.insert(0, sys.argv[1])
            import press
            top = press.wait_for(lambda: press.window(sys.argv[2]), 30)
            print("\\n".join(press.texts(top)))
            """
        return try await run(
            "/usr/bin/python3", ["-B", "-W", "ignore", "-c", code, Self.scripts.string, application])
    }
}
