import FoundationEssentials
import Linux
import SystemPackage
import Testing

@testable import HostCheck

let isRoot = ThisProcess.isRoot

struct FindingTests {
    private static func text(_ name: String) throws -> String {
        let top = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        return try String(contentsOfFile: top.pushing(FilePath(name)).string, encoding: .utf8)
    }

    @Test func theDocumentsTableIsWhatTheCodeSays() throws {
        let rows = try Self.text("docs/host-check.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
        let expected = Finding.Kind.allCases.map { kind in
            "| `\(kind.rawValue)` | \(kind.severity) | \(kind.cause) | \(kind.fix) |"
        }
        for (row, wanted) in zip(rows, expected) { #expect(row == wanted) }
        #expect(rows.count == expected.count)
    }

    @Test func everyFindingIsProvokedByATest() throws {
        let names = ["MachineChecks", "HardwareCheck", "ResourceChecks", "DesktopChecks"]
        let tests = try names.map { try Self.text("Tests/HostCheckTests/\($0)Tests.swift") }.joined()
        for kind in Finding.Kind.allCases {
            let provoked = tests.contains("\"\(kind.rawValue)\"") || tests.contains(".\(kind)")
            #expect(provoked || kind.rawValue.hasPrefix("browser-policy-"), "\(kind)")
        }
    }

    @Test func theWorstComesFirstAndAnErrorMeansNoStart() async {
        let checks: [any Check] = [
            TrialCheck(.daemonStopped) { "a" }, TrialCheck(.kvmSlow) { "b" }, TrialCheck(.diskFull) { "c" },
            TrialCheck(.portTaken) { "d" },
        ]
        let examination = await Examination.of(checks)
        #expect(examination.findings.map(\.kind) == [.diskFull, .portTaken, .kvmSlow, .daemonStopped])
        #expect(!examination.canStart)
        #expect(await Examination.of(Array(checks.prefix(2))).canStart)
    }

    @Test func aFindingIsPlainJSON() throws {
        let finding = Finding(.emulatorOld, "6.2.0")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(
            String(decoding: try encoder.encode(finding), as: UTF8.self)
                == #"{"cause":"QEMU is older than 7.2: 6.2.0.","command":null,"fix":"Upgrade to Debian 12 or later.","#
                + #""id":"emulator-old","severity":"error"}"#)
    }

    @Test func whatSetupMendsNamesSetup() {
        for kind in Finding.Kind.allCases where kind.remedy != nil {
            #expect(kind.fix.contains("`lodger setup`"))
            #expect(Finding(kind).command == "lodger setup")
        }
    }
}
