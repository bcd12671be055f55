import Cage
import StrictJSON
import SystemPackage

/// What to build when libvirt calls: it gives QEMU's arguments, and the policy comes in the environment from the domain.
struct MachineOrder {
    let arguments: [String]
    let environment: [String: String]

    /// QEMU, where libvirt only asks what it can.
    static let emulator: FilePath = "/usr/bin/qemu-system-x86_64"

    func order() throws(CageFault) -> CageOrder {
        if let text = environment[Cage.variable] { return try machine(text) }
        guard arguments.contains("-daemonize"), value(of: "-machine")?.hasPrefix("none,") == true else {
            throw CageFault("refused: neither a machine of Lodger's nor libvirt's question for QEMU's abilities")
        }
        return try question()
    }

    /// libvirt starts a QEMU without a machine and talks to it by a socket in a folder of its own.
    ///
    /// QEMU leaves its starter then and writes the number that it knows itself by into a file, by which libvirt ends it: so the
    /// processes are shared.
    private func question() throws(CageFault) -> CageOrder {
        guard let file = value(of: "-pidfile").map({ FilePath($0) }), file.isAbsolute, file.isLexicallyNormal,
            file.removingLastComponent().lastComponent?.string.hasPrefix("qmp-") == true
        else { throw CageFault("refused: a question without a folder of libvirt's") }
        var policy = CagePolicy(program: Self.emulator)
        policy.writes = [file.removingLastComponent()]
        policy.devices = ["/dev/kvm"]
        policy.ownProcesses = false
        policy.outlivesStarter = true
        return CageOrder(policy: policy, arguments: arguments)
    }

    private func machine(_ text: String) throws(CageFault) -> CageOrder {
        // Whatever is wrong with it, it is not ours.
        guard let words = (try? JSONValue(parsing: Array(text.utf8)))?.strings else {
            throw CageFault("refused: \(Cage.variable) holds no words")
        }
        var order = try CageOrder(words)
        order.arguments = arguments
        if let key = try masterKey() { order.policy.reads.append(key) }
        for file in try files() where !order.policy.covers(file) {
            throw CageFault("refused: \(file) is no file of this machine")
        }
        return order
    }

    /// The one file that libvirt makes for each machine, in a folder named after it.
    private func masterKey() throws(CageFault) -> FilePath? {
        for object in try objects(of: "-object") where object["qom-type"]?.string == "secret" {
            guard let name = object["file"]?.string else { continue }
            let path = FilePath(name)
            guard path.isAbsolute, path.isLexicallyNormal, path.lastComponent == "master-key.aes",
                let folder = path.removingLastComponent().lastComponent?.string, folder.hasPrefix("domain-"),
                folder.contains("-lodger-")
            else { throw CageFault("refused: \(name) is no key of a machine of Lodger's") }
            return path
        }
        return nil
    }

    /// What QEMU is told to open.
    private func files() throws(CageFault) -> [FilePath] {
        let plain = ["-kernel", "-initrd"].compactMap { value(of: $0) }
        let devices = try objects(of: "-blockdev").compactMap { $0["filename"]?.string }
        return (plain + devices).map { FilePath($0) }
    }

    private func value(of option: String) -> String? { values(of: option).first }

    private func values(of option: String) -> [String] {
        arguments.indices.dropLast().filter { arguments[$0] == option }.map { arguments[$0 + 1] }
    }

    private func objects(of option: String) throws(CageFault) -> [[String: JSONValue]] {
        try values(of: option).map { value throws(CageFault) in
            // Every libvirt that knows the QEMU we need writes JSON.
            guard let object = (try? JSONValue(parsing: Array(value.utf8)))?.object else {
                throw CageFault("refused: \(option) in a notation that cannot be checked")
            }
            return object
        }
    }
}

extension CagePolicy {
    /// Whether the program sees the file.
    fileprivate func covers(_ file: FilePath) -> Bool {
        guard file.isAbsolute, file.isLexicallyNormal else { return false }
        return file.starts(with: "/usr/share") || (reads + writes).contains { file.starts(with: $0) }
    }
}
