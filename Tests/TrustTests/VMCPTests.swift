import Addresses
import FoundationEssentials
import MachineConfig
import OpenSSL
import StrictJSON
import Testing

@testable import Trust

/// Configurations in the form of CernVM WebAPI: what is signed, what is taken from it, and whom it is taken from.
struct VMCPTests {
    struct Vector {
        let document: [UInt8]
        let key: LegacyKey
        let salt: String

        init() throws {
            let path = #filePath.replacing("TrustTests/VMCPTests.swift", with: "Fixtures/cernvm/vmcp-1.json")
            let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))
            let vector = try #require(try JSONValue(parsing: bytes).object)
            let text = try #require(vector["publicKeySPKI"]?.string)
            key = try #require(LegacyKey(text))
            salt = try #require(vector["salt"]?.string)
            let signature = try #require(vector["signature"]?.string)
            // The members as they were signed: the file's own, with the signature beside them.
            let whole = String(decoding: bytes, as: UTF8.self)
            let start = try #require(whole.firstRange(of: "\"document\": {")).upperBound
            let end = try #require(whole.firstRange(of: "\n },")).lowerBound
            document = Array("{\(whole[start..<end]),\"signature\":\"\(signature)\"}".utf8)
        }
    }

    @Test func theOriginalSignersDocumentIsVerified() throws {
        let vector = try Vector()
        let document = try VMCPDocument(vector.document)
        try document.verify(with: vector.key, salt: vector.salt)
        #expect(
            String(decoding: VMCPDocument.canonical(document.members, salt: vector.salt), as: UTF8.self) == """
                apiport=80
                cernvmversion=latest
                cpus=2
                disk=2048
                flags=49
                memory=1024
                name=Vec1
                secret=s3%20cr%2Bt%2F~%25
                userdata=%5Bamiconfig%5D%0Aplugins%3Dcernvm%0A
                abcDEF-0123
                """)
    }

    @Test(arguments: ["abcDEF-0124", "abcDEF-012", "abcDEF-0123\n", ""])
    func anotherSaltIsAnotherDocument(salt: String) throws {
        let vector = try Vector()
        let document = try VMCPDocument(vector.document)
        #expect(throws: TrustError.signatureInvalid) { try document.verify(with: vector.key, salt: salt) }
    }

    @Test func everyChangedByteOfTheDocumentIsNoticed() throws {
        let vector = try Vector()
        for index in vector.document.indices {
            var changed = vector.document
            changed[index] ^= 1
            guard let document = try? VMCPDocument(changed) else { continue }
            // Space between members and the letters' case in a name are not signed, in this form.
            guard document.members != (try VMCPDocument(vector.document)).members else { continue }
            #expect(throws: TrustError.signatureInvalid) { try document.verify(with: vector.key, salt: vector.salt) }
        }
    }

    @Test func membersAreOrderedByTheirBytesAndWrittenInLowerCase() {
        let text = VMCPDocument.canonical(["alpha": "1", "Zeta": "2", "ä": "3"], salt: "s")
        #expect(String(decoding: text, as: UTF8.self) == "zeta=2\nalpha=1\nä=3\ns")
    }

    @Test func whatTheFirstDaemonsDroppedMayBeSignedOrNot() throws {
        try VMCPTrial.run { trial in
            trial.members["x"] = "true"
            trial.members["y"] = "null"
            trial.members["z"] = "1.5"
            let strings = ["name": "Demo", "secret": "s3cret", "cernvmVersion": "1.17-11", "flags": "1"]
            trial.members["userData"] = ""
            trial.signed = strings
            _ = try trial.assess()
            trial.signed = strings.merging(["x": "1", "y": ""]) { $1 }
            _ = try trial.assess()
            trial.signed = strings.merging(["x": "0", "y": ""]) { $1 }
            #expect(throws: TrustError.signatureInvalid) { try trial.assess() }
        }
    }

    @Test func nestedMembersCountAsIfTheyStoodAtTheTop() throws {
        try VMCPTrial.run { trial in
            trial.members["a"] = #"{"memory":64,"b":{"cpus":2}}"#
            trial.members["memory"] = "128"
            trial.signed = [
                "name": "Demo", "secret": "s3cret", "cernvmVersion": "1.17-11", "flags": "1", "memory": "128",
                "cpus": "2", "userData": "[amiconfig]\n",
            ]
            let machine = try trial.assess().verified.configuration
            #expect(machine.memory == 128)
            #expect(machine.cpus == 2)
        }
    }

    @Test func twoSpellingsOfOneNameAreRefused() throws {
        try VMCPTrial.run { trial in
            trial.members["Name"] = "\"Other\""
            #expect(throws: TrustError.malformed("two members differ in upper and lower case only")) {
                try trial.assess()
            }
        }
    }

    @Test(arguments: ["a=1\\nb", "a=", "", "a b", "\u{e9}"])
    func aNameThatCouldStandForTwoIsRefused(name: String) throws {
        try VMCPTrial.run { trial in
            trial.members[name] = "\"2\""
            #expect(throws: TrustError.malformed("a member has a name that cannot be signed")) { try trial.assess() }
        }
    }

    @Test func theFieldsBecomeAMachine() throws {
        try VMCPTrial.run { trial in
            trial.members.merge(["cpus": "2", "memory": "\"256\"", "apiPort": "8080", "flags": "49"]) { $1 }
            let verified = try trial.assess().verified
            let machine = verified.configuration
            #expect(machine.name == "Demo")
            #expect(machine.cpus == 2)
            #expect(machine.memory == 256)
            #expect(machine.ports == [8080])
            #expect(machine.internet)
            guard case .cdrom(let image) = machine.boot else { throw VMCPFault() }
            #expect(image.url.description == VMCPTrial.disc)
            #expect(image.size == 1000)
            #expect(verified.vmcp?.userData == "[amiconfig]\n")
            #expect(verified.vmcp?.flags == [.system64Bit, .headful, .graphical])
        }
    }

    struct VMCPFault: Error {}

    @Test func olderNamesCountWherePresentOnesAreMissing() throws {
        try VMCPTrial.run { trial in
            trial.members.merge(["ram": "128", "vcpus": "2", "version": "\"1.17-11\"", "cernvmVersion": ""]) { $1 }
            let older = try trial.assess().verified.configuration
            #expect(older.memory == 128)
            #expect(older.cpus == 2)
            trial.members.merge(["memory": "256", "cpus": "1"]) { $1 }
            let newer = try trial.assess().verified.configuration
            #expect(newer.memory == 256)
            #expect(newer.cpus == 1)
        }
    }

    @Test func theLatestDiscIsTheNewestThatTheOwnerVouchesFor() throws {
        try VMCPTrial.run { trial in
            trial.members["cernvmVersion"] = "\"latest\""
            _ = try trial.assess()
            trial.members["cernvmFlavor"] = "\"devel\""
            #expect(throws: TrustError.self) { try trial.assess() }
        }
    }

    @Test func aSizeThatNobodyKnowsIsAskedFor() throws {
        try VMCPTrial.run { trial in
            trial.sizes = [:]
            let url = try #require(SecureURL(VMCPTrial.disc))
            #expect(throws: TrustError.sizeUnknown(url)) { try trial.assess() }
        }
    }

    @Test(arguments: [String(repeating: "b", count: 64), "uLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4uLg="])
    func aDiskIsNamedWithItsChecksum(checksum: String) throws {
        try VMCPTrial.run { trial in
            trial.members.merge([
                "flags": "3", "diskURL": "\"https://images.example/a.img?x=1\"", "diskChecksum": "\"\(checksum)\"",
            ]) { $1 }
            trial.sizes = [try #require(SecureURL("https://images.example/a.img?x=1")): 2000]
            let machine = try trial.assess().verified.configuration
            #expect(machine.boot == .disk)
            #expect(machine.disks.map(\.format) == [.raw])
            #expect(machine.disks.map(\.capacity) == [2000])
        }
    }

    @Test(arguments: [
        ("name", "\"Demo 1\""), ("name", "\"../demo\""), ("name", "\"\""), ("secret", ""), ("memory", "\"1 -x\""),
        ("memory", "0"), ("memory", "-1"), ("cpus", "\"2 --uart1\""), ("cpus", "257"), ("apiPort", "0"),
        ("apiPort", "\"80,,:22\""), ("flags", "-1"), ("executionCap", "0"), ("executionCap", "101"), ("disk", "-1"),
        ("cernvmVersion", "\"../1\""), ("cernvmVersion", "\"1.0/\""), ("cernvmFlavor", "\"prod?\""),
        ("diskURL", "\"https://images.example/a.img\""),
    ])
    func aValueOutOfItsRangeIsRefusedByName(field: String, value: String) throws {
        try VMCPTrial.run { trial in
            let fault = trial.fault(of: field, value)
            #expect(fault == (field == "diskURL" ? "diskChecksum" : field))
        }
    }

    @Test(arguments: ["http://images.example/a.img", "file:///etc/passwd", "https://images.example/a.vmdk"])
    func aDiskFromElsewhereThanTheWebIsRefused(url: String) throws {
        try VMCPTrial.run { trial in
            trial.members["flags"] = "3"
            trial.members["diskChecksum"] = "\"\(String(repeating: "b", count: 64))\""
            trial.sizes = SecureURL(url).map { [$0: 1] } ?? [:]
            #expect(trial.fault(of: "diskURL", "\"\(url)\"") == "diskURL")
        }
    }

    @Test(arguments: ["vboxid", "uuid", "initialized", "state"])
    func membersOfTheOldStoreMeanNothing(name: String) throws {
        try VMCPTrial.run { trial in
            let plain = try trial.assess().verified.configuration
            trial.members[name] = "\"5\""
            #expect(try trial.assess().verified.configuration == plain)
        }
    }
}
