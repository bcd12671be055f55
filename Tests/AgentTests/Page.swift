import Subprocess
import SystemPackage
import Testing

extension Home {
    /// Speaks to the daemon as a page would, through the browser's port: a request a line; returns all messages.
    func page(_ port: UInt16, _ origin: String, says requests: String) async throws -> String {
        let command = Self.asUser(["/usr/bin/python3", Self.script("page.py").string, "\(port)", origin])
        let result = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: Self.environment(environment), input: .string(requests), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        #expect(Self.number(of: result.terminationStatus) == 0, "\(result.standardError)")
        return result.standardOutput
    }

    /// Serves the home's folder `site` as a development site while the body runs; it is told the site's origin.
    func site(_ body: (String) async throws -> Void) async throws {
        _ = try await call(["/bin/mkdir", "-p", path("site/.well-known")])
        let command = Self.asUser(["/usr/bin/python3", Self.script("site.py").string, path("site")])
        _ = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: Self.environment(environment), input: .inputWriter, output: .sequence, error: .discarded
        ) { execution in
            for try await line in execution.standardOutput.strings() {
                let port = try #require(UInt16(line.filter(\.isNumber)))
                return try await body("http://localhost:\(port)")
            }
        }
    }
}
