import Linux
import Subprocess
package import SystemPackage

/// Starts the small program that does a remedy as root, after whoever may allow it did.
///
/// The desktop's agent asks for that, over polkit; sudo where there is none and a terminal is.
package struct RootHelper: Sendable {
    private let helper: FilePath
    private let polkit: FilePath
    private let sudo: FilePath

    package init(_ helper: FilePath, polkit: FilePath = "/usr/bin/pkexec", sudo: FilePath = "/usr/bin/sudo") {
        self.helper = helper
        self.polkit = polkit
        self.sudo = sudo
    }

    package enum Outcome: Sendable, Hashable {
        case done
        /// Whoever was asked did not allow it.
        case refused
        /// Nobody can be asked from here.
        case nobodyToAsk
        /// The helper itself did not come to its end.
        case failed(String)
    }

    /// Why root does not run the helper: who could change it would be root.
    package var fault: String? {
        do throws(Errno) {
            let status = try FileStatus(atPath: helper.string)
            let isSafe = status.isFile && status.isExecutable && status.isOwnedByRoot && !status.othersMayWrite
            return isSafe ? nil : "\(helper) is not root's alone"
        } catch {
            return "\(helper): \(error)"
        }
    }

    /// What the helper says goes where ours goes, as it comes.
    package func perform(_ remedy: Remedy, hasTerminal: Bool) async -> Outcome {
        let verb = [helper.string, remedy.rawValue]
        switch await run(polkit, ["--disable-internal-agent"] + verb) {
        case .exited(0, _): return .done
        case .exited(126, _): return .refused
        case .exited(127, let words) where !words.contains("No authentication agent found"): return .refused
        case .exited(let status, _) where status != 127: return .failed("it ended with \(status)")
        case .killed: return .failed("it was killed")
        case .exited, .missing: break
        }
        guard hasTerminal else { return .nobodyToAsk }
        return switch await run(sudo, ["--"] + verb) {
        case .exited(0, _): .done
        case .exited(let status, _): .failed("it ended with \(status)")
        case .killed: .failed("it was killed")
        case .missing: .nobodyToAsk
        }
    }

    private enum Ending: Sendable {
        /// With this status, having said that.
        case exited(Int32, String)
        case killed
        case missing
    }

    private func run(_ program: FilePath, _ arguments: [String]) async -> Ending {
        guard ProgramRun.isThere(program) else { return .missing }
        do {
            let result = try await Subprocess.run(
                .path(program), arguments: Arguments(arguments),
                input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
                output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false), error: .sequence
            ) { execution in
                var said = ""
                for try await line in execution.standardError.strings() {
                    try FileDescriptor.standardError.writeAll(Array("\(line)\n".utf8))
                    // Only the end tells why there was no start.
                    said = String("\(said)\(line)\n".suffix(4096))
                }
                return said
            }
            guard case .exited(let status) = result.terminationStatus else { return .killed }
            return .exited(status, result.closureResult)
        } catch {
            return .killed
        }
    }
}
