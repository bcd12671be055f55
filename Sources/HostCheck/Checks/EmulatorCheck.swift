package import SystemPackage

/// Whether QEMU and its disk tool run, and which they are.
package struct EmulatorCheck: Check {
    private let emulator: FilePath
    private let imageTool: FilePath

    package init(emulator: FilePath, imageTool: FilePath = "/usr/bin/qemu-img") {
        self.emulator = emulator
        self.imageTool = imageTool
    }

    package func examine() async -> Examination {
        var examination = await examineEmulator()
        switch await ProgramRun.of(imageTool, ["--version"]) {
        case .done: break
        case .missing: examination.add(.found(.imageToolMissing))
        case .failed(let reason): examination.add(.found(.emulatorBroken, "\(imageTool): \(reason)"))
        }
        return examination
    }

    private func examineEmulator() async -> Examination {
        switch await ProgramRun.of(emulator, ["--version"]) {
        case .missing: return .found(.emulatorMissing)
        case .failed(let reason): return .found(.emulatorBroken, reason)
        case .done(let text):
            guard let version = Self.version(in: text) else { return .found(.emulatorBroken, "it names no version") }
            // The guest's network rests on `-netdev stream`.
            if version.lexicographicallyPrecedes([7, 2]) {
                return .found(.emulatorOld, version.map(String.init).joined(separator: "."))
            }
            return .fact("QEMU", version.map(String.init).joined(separator: "."))
        }
    }

    /// The numbers behind the word “version”.
    static func version(in text: String) -> [Int]? {
        let words = text.split { $0.isWhitespace }
        guard let place = words.firstIndex(of: "version"), words.indices.contains(place + 1) else { return nil }
        let numbers = words[place + 1].split(separator: ".").compactMap { Int($0) }
        return numbers.count >= 2 ? numbers : nil
    }
}
