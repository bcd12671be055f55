import FoundationEssentials
import Linux
import Subprocess
import SystemPackage
import Testing

/// A home of an ordinary user, and the command `lodger` run in it.
struct Home: Sendable {
    let folder: FilePath

    /// The test process may be root, which the daemon refuses.
    private static let demotion = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    static func with(_ body: (Home) async throws -> Void) async throws {
        let home = Home(folder: FilePath("/tmp/lodger-agent-\(UUID().uuidString.prefix(8))"))
        try await home.prepare()
        let result: Swift.Result<Void, any Error>
        do {
            result = .success(try await body(home))
        } catch {
            result = .failure(error)
        }
        try await home.remove()
        try result.get()
    }

    /// Ends the libvirt that a daemon has started in this home, which would wait two minutes for somebody to come.
    private func remove() async throws {
        let script = """
            for try in 1 2 3 4 5 6 7 8 9 10; do
                found=
                for process in $(pgrep -x libvirtd); do
                    grep -qsz "^HOME=$0/home$" "/proc/$process/environ" && kill "$process" && found=1
                done
                test -n "$found" || break
                sleep 0.2
            done
            rm -rf "$0"
            """
        _ = try await call(["/bin/sh", "-c", script, folder.string])
    }

    private func prepare() async throws {
        let made = try await call([
            "/bin/mkdir", "-m", "0700", folder.string, folder.appending("run").string, folder.appending("home").string,
        ])
        try #require(made.status == 0, "\(made.errors)")
    }

    var environment: [String: String] {
        [
            "HOME": folder.appending("home").string, "XDG_RUNTIME_DIR": folder.appending("run").string,
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
        ]
    }

    /// The executable that was built together with the tests.
    static var executable: FilePath {
        get throws {
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let beside = FilePath(tests).removingLastComponent().appending("lodger")
            return FileManager.default.fileExists(atPath: beside.string)
                ? beside : FilePath(CommandLine.arguments[0]).removingLastComponent().appending("lodger")
        }
    }

    /// Runs a command of `lodger` to its end.
    func lodger(_ arguments: String..., with variables: [String: String] = [:]) async throws -> Result {
        try await call([Self.executable.string] + arguments, with: variables)
    }

    /// Writes a file as the user.
    func write(_ text: String, to name: String) async throws {
        let path = folder.pushing(FilePath(name))
        let made = try await call([
            "/bin/sh", "-c", "mkdir -p \"$(dirname \"$1\")\" && printf %s \"$2\" > \"$1\"", "sh", path.string, text,
        ])
        try #require(made.status == 0, "\(made.errors)")
    }

    /// Runs a program as the user, in the home.
    func call(_ command: [String], with variables: [String: String] = [:]) async throws -> Result {
        let command = Self.asUser(command)
        let result = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: Self.environment(environment.merging(variables) { $1 }),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return Result(
            status: Self.number(of: result.terminationStatus), output: result.standardOutput,
            errors: result.standardError)
    }

    static func asUser(_ command: [String]) -> [String] { (ThisProcess.isRoot ? demotion : []) + command }

    static func environment(_ variables: [String: String]) -> Environment {
        .custom(Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }))
    }

    /// The exit status, or the signal below zero.
    static func number(of status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): Int32(code)
        case .signaled(let signal): -Int32(signal)
        }
    }
}

extension Home {
    func path(_ name: String) -> String { folder.pushing(FilePath(name)).string }
}

extension Home {
    /// A program that only these tests use.
    static func script(_ name: String) -> FilePath {
        FilePath(#filePath).removingLastComponent().removingLastComponent().appending("AgentSupport").appending(name)
    }
}
