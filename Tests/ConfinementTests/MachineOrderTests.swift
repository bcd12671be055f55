import Cage
import SystemPackage
import Testing

@testable import Confinement

/// What is made of libvirt's calls: only a machine of ours and libvirt's own question get a cage.
struct MachineOrderTests {
    private static let folder = "/home/a/.config/libvirt/qemu/lib/"
    private static let key =
        #"{"qom-type":"secret","id":"masterKey0","format":"raw","file":"\#(folder)domain-1-lodger-0b5f/master-key.aes"}"#
    private static let variable =
        #"["--program","/usr/bin/qemu-system-x86_64","--read","/cache/image","--write","/layers/a.qcow2","--"]"#

    private func order(_ arguments: [String], _ variable: String? = Self.variable) throws -> CageOrder {
        try MachineOrder(arguments: arguments, environment: variable.map { [Cage.variable: $0] } ?? [:]).order()
    }

    private func disk(_ path: String) -> [String] { ["-blockdev", #"{"driver":"file","filename":"\#(path)"}"#] }

    @Test func aMachineGetsItsPolicyAndTheKeyThatLibvirtMadeForIt() throws {
        let arguments = ["-object", Self.key] + disk("/cache/image") + disk("/layers/a.qcow2")
        let order = try order(arguments)
        #expect(order.arguments == arguments)
        #expect(order.policy.reads == ["/cache/image", FilePath("\(Self.folder)domain-1-lodger-0b5f/master-key.aes")])
        #expect(order.policy.writes == ["/layers/a.qcow2"])
        #expect(order.policy.network == .none && order.policy.ownProcesses && !order.policy.outlivesStarter)
    }

    @Test(arguments: [
        "/cache/image2", "/cache", "/etc/passwd", "cache/image", "/cache/image/../../etc/passwd", "/usr/bin/sh",
    ])
    func aFileThatIsNotTheMachinesIsRefused(path: String) {
        #expect(throws: CageFault("refused: \(path) is no file of this machine")) { try order(disk(path)) }
        #expect(throws: CageFault.self) { try order(["-kernel", path]) }
    }

    @Test func firmwareOfTheSystemIsEverybodys() throws {
        _ = try order(disk("/usr/share/OVMF/OVMF_CODE_4M.fd"))
    }

    @Test(arguments: ["file=/etc/passwd,driver=file", "", "[]", #"{"driver":"file","driver":"x"}"#])
    func whatCannotBeCheckedIsRefused(notation: String) {
        #expect(throws: CageFault.self) { try order(["-blockdev", notation]) }
    }

    @Test(arguments: [
        "/home/a/.ssh/id_ed25519", "/x/domain-1-other/master-key.aes", "/x/domain-1-lodger-1/../master-key.aes",
        "domain-1-lodger-1/master-key.aes",
    ])
    func onlyTheMachinesKeyIsAKey(path: String) {
        #expect(throws: CageFault.self) { try order(["-object", #"{"qom-type":"secret","file":"\#(path)"}"#]) }
    }

    @Test(arguments: ["", "--program", "{}", #"["--program"]"#, #"["--program","/bin/sh","--read","/","--"]"#, "[1]"])
    func aPolicyThatIsNoneIsRefused(text: String) {
        #expect(throws: CageFault.self) { try order([], text) }
    }

    @Test func withoutAPolicyOnlyAQuestionIsAnswered() throws {
        let monitor = "\(Self.folder)qmp-ABCDEF"
        let question = ["-S", "-machine", "none,accel=kvm:tcg", "-pidfile", "\(monitor)/qmp.pid", "-daemonize"]
        let order = try order(question, nil)
        #expect(order.policy.writes == [FilePath(monitor)])
        #expect(order.policy.reads.isEmpty && order.policy.network == .none && !order.policy.ownProcesses)
        for missing in [["-daemonize"], ["-machine", "none,accel=kvm:tcg"], ["-pidfile", "\(monitor)/qmp.pid"]] {
            #expect(throws: CageFault.self) {
                try MachineOrder(arguments: question.filter { !missing.contains($0) }, environment: [:]).order()
            }
        }
        #expect(throws: CageFault.self) { try self.order(["-machine", "q35"], nil) }
        #expect(throws: CageFault.self) { try self.order([], nil) }
    }
}
