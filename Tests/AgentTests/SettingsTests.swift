import Addresses
import Agent
import Consent
import Hypervisor
import MachineConfig
import Sites
import SystemPackage
import Testing
import Trust

/// What a settings file may say, and how it is told that it may not.
struct SettingsTests {
    private static let rsaKey =
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoZXUkcImqwpdUUBiNuZ0WsmAFu+RbpOnP1aVGVMCs2TpnD"
        + "BAKh0QX0fU0qOlCobgXlSZN3NJuWkvE3LQYVIt26oGkSOixg7bAWSn0R/L1P24gGC+CvPUM0FZRnHqhiOIxNR5nTqb"
        + "z8t6iHT5DOyMfFBN53sTuKZz4zt/QRGq5NKUiikyZvX3luseP1NC8D+dY5LWOn9drZ+XB1YmU/Ndpp2t0ppQz2fbnN"
        + "Pa4M+PXCO5vgRm0KJV5DC8knFTj7ypNaHN+UOo7uJ1bOYUV9jtPicJrQo9vt/zqYFyxBWJqGCUZ8ON39lxuIPBB0Me"
        + "P5GjaGPRj47Y1Qbc8ktAYndvBQIDAQAB"

    @Test func whatIsNotSaidStays() throws {
        let before = Settings(limits: Self.limits)
        #expect(try Self.reading("") == before)
        #expect(before.port == 5624 && !before.developmentSites)
        #expect(try Self.reading("[limits]\n") == before)
    }

    @Test func everySettingIsTakenOver() throws {
        let settings = try Self.reading(
            """
            port = 7000
            development-sites = true
            accelerator = "tcg"
            consent = "command-line"
            certificate-authorities = "/etc/ssl/extra.pem"
            [cernvm]
            images = "https://images.example/cernvm/"
            internet = false
            keystore = "/etc/lodger/domainkeys.lst"
            keystore-key = "\(Self.rsaKey)"
            [cernvm.checksums]
            "a.iso" = "\(String(repeating: "a", count: 64))"
            [limits]
            cpus = 3
            memory = "4GiB"
            disk-per-site = "512MiB"
            machines-per-site = 5
            machines = 6
            lifetime = "12h"
            network-rate = "500KiB/s"
            """)
        #expect(settings.networkRate == 500 << 10)
        #expect(settings.port == 7000)
        #expect(settings.developmentSites)
        #expect(settings.accelerator == .tcg)
        #expect(settings.consent == .commandLine)
        #expect(settings.certificateAuthorities == "/etc/ssl/extra.pem")
        #expect(settings.vmcp.images?.description == "https://images.example/cernvm/")
        #expect(settings.vmcp.checksums.keys.sorted() == ["a.iso"])
        #expect(!settings.vmcp.internet)
        #expect(settings.keystore?.place == KeystorePlace("/etc/lodger/domainkeys.lst"))
        #expect(
            settings.limits
                == OwnerLimits(
                    cpus: 3, memory: 4096, diskPerSite: 512 << 20, machinesPerSite: 5, machines: 6, lifetime: 720))
    }

    @Test func theUsersFileCountsMoreThanTheSystems() throws {
        var settings = Settings(limits: Self.limits)
        try settings.apply(SettingsFile(path: "/system", text: "port = 7000\nconsent = \"command-line\""))
        try settings.apply(SettingsFile(path: "/user", text: "port = 7001"))
        #expect(settings.port == 7001)
        #expect(settings.consent == .commandLine)
    }

    @Test(arguments: [
        ("port = 0", "port"), ("port = 65536", "port"), ("port = \"5624\"", "port"), ("port = 5624.0", "port"),
        ("development-sites = 1", "development-sites"), ("accelerator = \"xen\"", "accelerator"),
        ("accelerator = true", "accelerator"), ("consent = \"never\"", "consent"),
        ("consent = \"allow\"", "consent"), ("certificate-authorities = \"extra.pem\"", "certificate-authorities"),
        ("certificate-authorities = 1", "certificate-authorities"), ("limits = 1", "limits"),
        ("cernvm = 1", "cernvm"), ("[cernvm]\nimages = \"http://a.example/\"", "cernvm.images"),
        ("[cernvm]\nimages = \"https://a.example/x\"", "cernvm.images"), ("[cernvm]\nx = 1", "cernvm.x"),
        ("[cernvm.checksums]\na = \"b\"", "cernvm.checksums.a"),
        ("[cernvm]\nkeystore = \"http://a.example/k.lst\"", "cernvm.keystore"),
        ("[cernvm]\nkeystore = \"/k.lst\"", "cernvm.keystore-key"),
        ("[cernvm]\nkeystore-key = \"AAAA\"", "cernvm.keystore-key"),
        ("[cernvm]\nkeystore-key = \"\(rsaKey)\"", "cernvm.keystore"),
        ("[limits]\ncpus = 0", "limits.cpus"), ("[limits]\ncpus = 257", "limits.cpus"),
        ("[limits]\nmemory = 4096", "limits.memory"), ("[limits]\nmemory = \"4GB\"", "limits.memory"),
        ("[limits]\nmemory = \"63MiB\"", "limits.memory"), ("[limits]\nmemory = \"-4GiB\"", "limits.memory"),
        ("[limits]\nmemory = \"9223372036854775807GiB\"", "limits.memory"),
        ("[limits]\ndisk-per-site = \"\"", "limits.disk-per-site"),
        ("[limits]\nmachines-per-site = -1", "limits.machines-per-site"),
        ("[limits]\nmachines = 101", "limits.machines"), ("[limits]\nlifetime = 60", "limits.lifetime"),
        ("[limits]\nnetwork-rate = \"1KiB/s\"", "limits.network-rate"),
        ("[limits]\nnetwork-rate = \"5MiB\"", "limits.network-rate"),
        ("[limits]\nlifetime = \"0min\"", "limits.lifetime"), ("[limits]\nlifetime = \"2y\"", "limits.lifetime"),
        ("colour = 1", "colour"), ("Port = 1", "Port"), ("[limits]\ncpu = 1", "limits.cpu"),
        ("[network]\nopen = true", "network"), ("[[limits]]\ncpus = 1", "limits"),
    ])
    func aWrongSettingIsNamed(text: String, field: String) throws {
        let error = try #require(throws: SettingsFault.self) { try Self.reading(text) }
        #expect(error.field == field)
        #expect(error.description.hasPrefix("/etc/lodger.toml: \(field) "))
    }

    @Test(arguments: ["port =", "port = 1\nport = 2", "\u{0}", "[limits", "port = 0x"])
    func whatIsNoTOMLIsToldWithItsLine(text: String) throws {
        let error = try #require(throws: SettingsFault.self) { try Self.reading(text) }
        #expect(error.field == nil)
        #expect(error.reason.hasPrefix("line "))
    }

    @Test func whatTheLibraryDoesNotExpectIsRefusedAndEndsNothing() throws {
        let error = try #require(throws: SettingsFault.self) { try Self.reading("[[!]]") }
        #expect(error.description == "/etc/lodger.toml: cannot be read as TOML")
    }

    @Test(arguments: [
        ("1MiB", 1 << 20), ("4GiB", 4 << 30), ("2TiB", 2 << 40), ("0MiB", 0), ("4 GiB", nil), ("GiB", nil),
        ("4", nil), ("4G", nil), ("+4GiB", nil), ("4.5GiB", nil), ("٤GiB", nil),
    ])
    func sizesHaveAUnit(text: String, bytes: Int64?) { #expect(Quantity.bytes(text) == bytes) }

    @Test(arguments: [("90min", 90), ("12h", 720), ("7d", 10080), ("1", nil), ("h", nil), ("1w", nil)])
    func timesHaveAUnit(text: String, minutes: Int64?) { #expect(Quantity.minutes(text) == minutes) }

    @Test(arguments: [
        (0, "0B"), (1023, "1023B"), (1 << 10, "1KiB"), (13_800_000, "13.2MiB"), (20 << 30, "20GiB"),
        (Int64.max, "8388608TiB"),
    ])
    func sizesAreShownWithTheLargestUnit(bytes: Int64, text: String) { #expect(Quantity.text(ofBytes: bytes) == text) }

    private static let limits = OwnerLimits(
        cpus: 1, memory: 1024, diskPerSite: 1 << 30, machinesPerSite: 1, machines: 1, lifetime: 60)

    private static func reading(_ text: String) throws -> Settings {
        var settings = Settings(limits: limits)
        try settings.apply(SettingsFile(path: "/etc/lodger.toml", text: text))
        return settings
    }
}
