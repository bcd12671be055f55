import ConsentWire
import Logging
import Subprocess
import SystemPackage

/// One run of a program that shows a window; cancelling kills it.
struct WindowProcess {
    let program: TrustedProgram
    let arguments: [String]
    let desktop: Desktop
    let logger: Logger

    struct Ending {
        let status: Int32?
        let output: [UInt8]
    }

    /// The most that it may say, in bytes.
    private static let longestOutput = 4096
    private static let longestComplaint = 64 * 1024

    /// How it ended; `nil` where it could not be started.
    func run(input: [UInt8]) async -> Ending? {
        do {
            let result = try await Subprocess.run(
                .path(program.path), arguments: Arguments(arguments), environment: environment, workingDirectory: "/",
                input: .inputWriter, output: .bytes(limit: Self.longestOutput),
                error: .bytes(limit: Self.longestComplaint)
            ) { execution in
                // A program that ends without having read is judged by how it ends.
                _ = try? await execution.standardInputWriter.write(input)
                try? await execution.standardInputWriter.finish()
            }
            complain(result.standardError)
            if case .exited(let code) = result.terminationStatus {
                return Ending(status: code, output: result.standardOutput)
            }
            return Ending(status: nil, output: [])
        } catch let error as SubprocessError where error.code == .spawnFailed || error.code == .executableNotFound {
            logger.error("cannot start a consent window", metadata: ["reason": "\(error)"])
            return nil
        } catch {
            if !Task.isCancelled { logger.error("a consent window failed", metadata: ["reason": "\(error)"]) }
            return Ending(status: nil, output: [])
        }
    }

    private var environment: Environment {
        var variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin"]
        for (name, value) in desktop.variables {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        return .custom(variables)
    }

    private func complain(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let text = String(decoding: bytes.prefix(2000), as: UTF8.self)
        logger.debug("a consent window complains", metadata: ["text": "\(PlainLine(text))"])
    }
}
