import Testing

@testable import Addresses

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("192.0.2.1", "192.0.2.1"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"),
        ("::ffff:127.0.0.1", "::ffff:7f00:1"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ])
    func aPlainFormIsRead(text: String, written: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == written)
        #expect(IPAddress(written) == address)
    }

    @Test(arguments: [
        "", ".", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "01.2.3.4", "0x1.2.3.4", "1.2.3.4 ", " 1.2.3.4",
        "+1.2.3.4",
        "1.2.3.-4", "1..3.4", "١.2.3.4", "2130706433", "127.1", ":", ":::", "1:::2", "1::2::3", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "::1%eth0", "[::1]",
        "1.2.3.4::",
        "::1.2.3.4:5", "::1.2.3", "::1.2.3.4.5", ":1", "1:", "::+1", "1:2:3:4:5:6:7:1.2.3.4",
    ])
    func anotherSpellingIsNoAddress(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func onlyFourOrSixteenBytesAreAnAddress() {
        #expect(IPAddress(bytes: []) == nil)
        #expect(IPAddress(bytes: [1, 2, 3, 4, 5]) == nil)
        #expect(IPAddress(bytes: [1, 2, 3, 4])?.description == "1.2.3.4")
        #expect(IPAddress(bytes: [UInt8](repeating: 0, count: 16))?.description == "::")
    }

    @Test(arguments: [
        ("8.8.8.8", AddressReach.global), ("1.0.0.0", .global), ("9.255.255.255", .global), ("11.0.0.0", .global),
        ("192.0.2.1", .global), ("198.51.100.7", .global), ("203.0.113.255", .global), ("223.255.255.255", .global),
        ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified),
        ("10.0.0.0", .privateUse), ("10.255.255.255", .privateUse),
        ("100.63.255.255", .global), ("100.64.0.0", .carrier), ("100.127.255.255", .carrier), ("100.128.0.0", .global),
        ("127.0.0.1", .loopback), ("127.255.255.255", .loopback), ("128.0.0.0", .global),
        ("169.253.255.255", .global), ("169.254.169.254", .linkLocal), ("169.255.0.0", .global),
        ("172.15.255.255", .global), ("172.16.0.0", .privateUse), ("172.31.255.255", .privateUse),
        ("172.32.0.0", .global),
        ("192.0.0.1", .reserved), ("192.0.1.0", .global), ("192.88.99.1", .translated), ("192.168.0.1", .privateUse),
        ("192.169.0.0", .global), ("198.17.255.255", .global), ("198.18.0.0", .reserved), ("198.19.255.255", .reserved),
        ("198.20.0.0", .global), ("224.0.0.1", .multicast), ("239.255.255.255", .multicast), ("240.0.0.1", .reserved),
        ("255.255.255.254", .reserved), ("255.255.255.255", .broadcast),
        ("2001:4860:4860::8888", .global), ("2001:db8::1", .global), ("2606:4700::1", .global),
        ("3fff:ffff::1", .global),
        ("::", .unspecified), ("::1", .loopback), ("::2", .translated), ("::127.0.0.1", .translated),
        ("::8.8.8.8", .translated),
        ("::ffff:127.0.0.1", .translated), ("::ffff:8.8.8.8", .translated), ("::ffff:0:127.0.0.1", .translated),
        ("64:ff9b::127.0.0.1", .translated), ("64:ff9b::8.8.8.8", .translated), ("64:ff9b:1::a00:1", .translated),
        ("64:ff9b:1:ffff::1", .translated), ("64:ff9b:2::1", .reserved), ("100::1", .reserved),
        ("100:0:0:1::1", .reserved),
        ("fc00::1", .privateUse), ("fdff:ffff::1", .privateUse), ("fe00::1", .reserved), ("fe80::1", .linkLocal),
        ("febf::1", .linkLocal), ("fec0::1", .privateUse), ("feff::1", .privateUse), ("ff02::1", .multicast),
        ("1fff::1", .reserved), ("4000::1", .reserved), ("5f00::1", .reserved),
        ("2002:7f00:1::1", .translated), ("2002:a00:1::1", .translated), ("2002:c0a8:101::1", .translated),
        ("2002:a9fe:a9fe::1", .translated), ("2002:808:808::1", .global),
        // Teredo: server 8.8.8.8, client 127.0.0.1; server 10.0.0.1; both on the internet.
        ("2001:0:808:808:0:0:80ff:fffe", .translated), ("2001:0:a00:1:0:0:f7f7:f7f7", .translated),
        ("2001:0:808:808:0:0:f7f7:f7f7", .global),
        ("2001:2::1", .reserved), ("2001:10::1", .reserved), ("2001:1ff::1", .reserved), ("2001:200::1", .global),
    ])
    func anAddressReachesWhatItsRangeSays(text: String, reach: AddressReach) throws {
        #expect(try #require(IPAddress(text)).reach == reach)
    }
}
