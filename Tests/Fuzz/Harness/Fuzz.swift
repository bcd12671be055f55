import CLibFuzzer
import Glibc

/// Hands libFuzzer's inputs to the target by whose name the program was called.
@main
enum Fuzz {
    static let targets: [String: @Sendable ([UInt8]) -> Void] = [
        "addresses": fuzzAddresses,
        "configurations": fuzzConfigurations,
        "consent": fuzzConsent,
        "disks": fuzzDisks,
        "documents": fuzzDocuments,
        "frames": fuzzFrames,
        "guest-frames": fuzzGuestFrames,
        "heads": fuzzHeads,
        "json": fuzzJSON,
        "jws": fuzzJWS,
        "names": fuzzNames,
        "owner": fuzzOwner,
        "requests": fuzzRequests,
        "settings": fuzzSettings,
        "vmcp": fuzzVMCP,
    ]

    /// A program has several names by links to it, because libFuzzer takes every argument for its own.
    private static let name = String(CommandLine.arguments[0].split(separator: "/").last ?? "")
    private static let target = targets[name]

    static func main() {
        guard target != nil else {
            print("call it by one of these names: \(targets.keys.sorted().joined(separator: " "))")
            exit(64)
        }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
                Fuzz.target?(Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            })
    }
}

/// What a target holds to be true of every input; a release build would leave the reason of a precondition out.
func demand(_ fact: Bool, _ reason: @autoclosure () -> String, line: Int = #line) {
    if !fact { fatalError("line \(line): \(reason())") }
}
