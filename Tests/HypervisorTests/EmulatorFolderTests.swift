import FoundationEssentials
import Sessions
import SystemPackage
import Testing

@testable import Hypervisor

/// What a libvirt that died leaves of a machine.
struct EmulatorFolderTests {
    private func make(_ name: String, in parent: FilePath) throws {
        let folder = parent.appending(name)
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: folder.appending("monitor.sock").string))
    }

    @Test func onlyThisMachinesFolderGoes() async throws {
        try await withTemporaryFolder { parent in
            let machine = try #require(MachineIdentifier("e8162e1e-d1c3-4d5f-9a3e-000000000001"))
            let others = ["domain-4-lodger-e8162e1e-d1c4", "domain-5-windows", "lodger-e8162e1e-d1c3"]
            for name in others + ["domain-4-lodger-e8162e1e-d1c3"] { try make(name, in: parent) }
            try EmulatorFolder(of: machine, in: parent).remove()
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent.string).sorted() == others.sorted())
        }
    }

    @Test func whereThereIsNoneNothingIsWrong() async throws {
        try await withTemporaryFolder { parent in
            try EmulatorFolder(of: MachineIdentifier(), in: parent).remove()
            try EmulatorFolder(of: MachineIdentifier(), in: parent.appending("nothing")).remove()
        }
    }
}
