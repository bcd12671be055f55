import Addresses
import StrictJSON
import Testing

@testable import MachineConfig

struct DecodingTests {
    private static let digest = String(repeating: "a", count: 64)
    private static let image = #"{"url":"https://a.example/i","sha256":"\#(digest)","size":10}"#
    private static let disk =
        #"{"url":"https://a.example/i","sha256":"\#(digest)","size":10,"format":"qcow2","capacity":1000}"#

    /// A valid configuration with some members replaced; an empty text removes one.
    private func decode(
        _ changes: [String: String], developmentSites: Bool = false
    ) throws -> MachineConfiguration {
        var members = ["name": "\"Demo\"", "vm": #"{"cpus":1,"memory":256}"#, "disks": "[\(Self.disk)]"]
        members.merge(changes) { _, new in new }
        let text = members.filter { !$0.value.isEmpty }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return try MachineConfiguration(
            decoding: try JSONValue(parsing: Array("{\(text)}".utf8)), developmentSites: developmentSites)
    }

    private func field(of changes: [String: String]) -> String? {
        do {
            _ = try decode(changes)
            return nil
        } catch {
            return (error as? ConfigurationFault)?.field
        }
    }

    @Test func whatIsNotSaidHasItsDefault() throws {
        let configuration = try decode([:])
        #expect(configuration.firmware == .bios)
        #expect(configuration.boot == .disk)
        #expect(configuration.display)
        #expect(configuration.hosts.isEmpty)
        #expect(configuration.ports.isEmpty)
        #expect(configuration.lifetime == Lifetime(minutes: 480, background: false))
        #expect(configuration.images.count == 1)
    }

    @Test func everyMemberIsRead() throws {
        let configuration = try decode([
            "vm": #"{"cpus":4,"memory":2048,"firmware":"uefi","display":false}"#,
            "boot": #"{"from":"kernel","kernel":\#(Self.image),"initrd":\#(Self.image),"arguments":"quiet"}"#,
            "disks":
                #"[\#(Self.disk),{"url":"https://a.example/r","sha256":"\#(Self.digest)","size":10,"format":"raw"}]"#,
            "network": #"{"hosts":[{"name":"*.data.example","ports":[443,80]}],"ports":[80,8080]}"#,
            "lifetime": #"{"minutes":5,"background":true}"#, "x-note": "[1,2]", "iss": "\"https://a.example\"",
        ])
        #expect(configuration.cpus == 4)
        #expect(configuration.memory == 2048)
        #expect(configuration.firmware == .uefi)
        #expect(!configuration.display)
        #expect(configuration.disks[1].format == .raw)
        #expect(configuration.disks[1].capacity == 10)
        #expect(configuration.hosts == [GuestHost(name: "*.data.example", ports: [443, 80])])
        #expect(configuration.ports == [80, 8080])
        #expect(configuration.lifetime == Lifetime(minutes: 5, background: true))
        #expect(configuration.images.count == 4)
        guard case .kernel(_, initrd: .some, arguments: "quiet") = configuration.boot else {
            Issue.record("\(configuration.boot)")
            return
        }
    }

    @Test func theWholeInternetIsAMemberOfItsOwn() throws {
        #expect(!(try decode(["network": "{}"]).internet))
        #expect(!(try decode(["network": #"{"internet":false,"hosts":[]}"#]).internet))
        let configuration = try decode(["network": #"{"internet":true,"ports":[80]}"#])
        #expect(configuration.internet)
        #expect(configuration.hosts.isEmpty)
        #expect(configuration.ports == [80])
    }

    /// One wrong value each, and the field that the fault must name.
    static let faults: [(String, String, String)] = [
        ("name", "", "name"), ("name", "\"\"", "name"), ("name", "7", "name"),
        ("name", "\"\(String(repeating: "x", count: 61))\"", "name"), ("name", "\"a\\nb\"", "name"),
        ("name", "\" a\"", "name"), ("name", "\"a \"", "name"), ("name", "\"\u{3000}\"", "name"),
        ("name", "\"a\u{3164}b\"", "name"), ("name", "\"a\u{FE0F}b\"", "name"), ("name", "\"a\u{2800}b\"", "name"),
        ("name", "\"a\u{301}\u{301}\u{301}\u{301}\"", "name"), ("name", "\"\u{301}a\"", "name"),
        ("name", "\"a\(String(repeating: "\u{301}", count: 100))\"", "name"),
        ("name", "\"a\\u202eb\"", "name"), ("name", "\"a\\u200bb\"", "name"), ("name", "\"a\\u0000\"", "name"),
        ("vm", "", "vm"), ("vm", "[]", "vm"), ("vm", #"{"memory":256}"#, "vm.cpus"),
        ("vm", #"{"cpus":0,"memory":256}"#, "vm.cpus"), ("vm", #"{"cpus":257,"memory":256}"#, "vm.cpus"),
        ("vm", #"{"cpus":1.0,"memory":256}"#, "vm.cpus"), ("vm", #"{"cpus":"1","memory":256}"#, "vm.cpus"),
        ("vm", #"{"cpus":1,"memory":15}"#, "vm.memory"), ("vm", #"{"cpus":1,"memory":1048577}"#, "vm.memory"),
        ("vm", #"{"cpus":1,"memory":9223372036854775808}"#, "vm.memory"),
        ("vm", #"{"cpus":1,"memory":256,"firmware":"coreboot"}"#, "vm.firmware"),
        ("vm", #"{"cpus":1,"memory":256,"display":"yes"}"#, "vm.display"),
        ("vm", #"{"cpus":1,"memory":256,"qemu":"-s"}"#, "vm.qemu"),
        ("boot", #""disk""#, "boot"), ("boot", #"{"from":"floppy"}"#, "boot.from"), ("boot", "{}", "boot.from"),
        ("boot", #"{"from":"cdrom"}"#, "boot.image"), ("boot", #"{"from":"kernel"}"#, "boot.kernel"),
        ("boot", #"{"from":"disk","arguments":"x"}"#, "boot.arguments"),
        ("boot", #"{"from":"cdrom","image":{"url":"http://a.example"}}"#, "boot.image.url"),
        ("disks", "", "disks"), ("disks", "[]", "disks"), ("disks", "{}", "disks"), ("disks", "[1]", "disks[0]"),
        ("disks", disk("url", #""http://a.example/i""#), "disks[0].url"),
        ("disks", disk("url", #""https://user@a.example/i""#), "disks[0].url"),
        ("disks", disk("url", #""file:///etc/passwd""#), "disks[0].url"),
        ("disks", disk("url", #""http://localhost:8000/i""#), "disks[0].url"),
        ("disks", disk("sha256", "\"\(String(repeating: "A", count: 64))\""), "disks[0].sha256"),
        ("disks", disk("sha256", #""../../etc/passwd""#), "disks[0].sha256"),
        ("disks", disk("size", "0"), "disks[0].size"), ("disks", disk("size", "-1"), "disks[0].size"),
        ("disks", disk("size", "17592186044417"), "disks[0].size"),
        ("disks", disk("format", #""vmdk""#), "disks[0].format"), ("disks", disk("format", nil), "disks[0].format"),
        ("disks", disk("capacity", nil), "disks[0].capacity"), ("disks", disk("capacity", "0"), "disks[0].capacity"),
        ("disks", disk("backing", #""/etc/passwd""#), "disks[0].backing"),
        ("network", #"{"ports":[0]}"#, "network.ports[0]"), ("network", #"{"ports":[65536]}"#, "network.ports[0]"),
        ("network", #"{"ports":[80,80]}"#, "network.ports[1]"), ("network", #"{"ports":80}"#, "network.ports"),
        ("network", #"{"ports":[1,2,3,4,5,6,7,8,9]}"#, "network.ports"),
        ("network", host("localhost"), "network.hosts[0].name"), ("network", host("*"), "network.hosts[0].name"),
        ("network", host("*.example"), "network.hosts[0].name"), ("network", host("a.*.b"), "network.hosts[0].name"),
        ("network", host("10.0.0.1"), "network.hosts[0].name"), ("network", host("[::1]"), "network.hosts[0].name"),
        ("network", host("A.example"), "network.hosts[0].name"),
        ("network", host("a.example:80"), "network.hosts[0].name"),
        ("network", host("a.example/x"), "network.hosts[0].name"),
        ("network", #"{"hosts":[{"name":"a.example","ports":[]}]}"#, "network.hosts[0].ports"),
        ("network", #"{"internet":1}"#, "network.internet"),
        ("network", #"{"internet":true,"hosts":[]}"#, "network.hosts"),
        ("lifetime", #"{"minutes":0}"#, "lifetime.minutes"),
        ("lifetime", #"{"background":1}"#, "lifetime.background"), ("lifetime", #"{"hours":1}"#, "lifetime.hours"),
        ("commandline", "\"-s\"", "commandline"), ("xnote", "1", "xnote"),
    ]

    private static func disk(_ member: String, _ value: String?) -> String {
        var members = [
            "url": #""https://a.example/i""#, "sha256": "\"\(digest)\"", "size": "10", "format": #""qcow2""#,
            "capacity": "1000",
        ]
        members[member] = value
        return "[{\(members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}]"
    }

    private static func host(_ name: String) -> String { #"{"hosts":[{"name":"\#(name)","ports":[443]}]}"# }

    @Test(arguments: faults)
    func aWrongValueIsNamed(member: String, value: String, expected: String) {
        #expect(field(of: [member: value]) == expected)
    }

    @Test(arguments: ["Demo", "Théorème d'été", "Việt Nam e\u{302}\u{301}", "日本 の 機械", "עִבְרִית", "a", "Atlas 3 — CERN"])
    func aNameInAnyScriptIsTaken(name: String) throws {
        #expect(try decode(["name": "\"\(name)\""]).name == name)
    }

    @Test func aFaultRepeatsNothingThatATerminalWouldObey() {
        let field = field(of: ["\\u001b[31m\u{202E}\(String(repeating: "\u{301}", count: 500))": "1"])
        #expect(field?.unicodeScalars.allSatisfy { $0 == "…" || (0x20..<0x7F).contains($0.value) } == true)
        #expect((field?.unicodeScalars.count ?? 1000) <= 61)
    }

    @Test func aRawDiskIsNeverSmallerThanItsImage() {
        let raw =
            #"[{"url":"https://a.example/i","sha256":"\#(Self.digest)","size":10,"format":"raw","capacity":9}]"#
        #expect(field(of: ["disks": raw]) == "disks[0].capacity")
    }

    @Test func kernelArgumentsArePrintableAndShort() {
        for arguments in ["a\\nb", "\\u00e9", String(repeating: "x", count: 1025)] {
            let boot = #"{"from":"kernel","kernel":\#(Self.image),"arguments":"\#(arguments)"}"#
            #expect(field(of: ["boot": boot]) == "boot.arguments")
        }
    }

    @Test func addressesOfThisComputerAreForDevelopmentSitesOnly() throws {
        let disks = Self.disk("url", #""http://localhost:8000/i""#)
        _ = try decode(["disks": disks], developmentSites: true)
        #expect(field(of: ["disks": disks]) == "disks[0].url")
    }

    @Test func aMachineThatBootsFromElsewhereNeedsNoDisk() throws {
        let configuration = try decode(["disks": "", "boot": #"{"from":"cdrom","image":\#(Self.image)}"#])
        #expect(configuration.disks.isEmpty)
        #expect(configuration.images.count == 1)
    }
}
