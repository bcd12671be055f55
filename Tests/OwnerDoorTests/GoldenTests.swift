import Addresses
import FoundationEssentials
import MachineConfig
import OwnerDoor
import Sessions
import StrictJSON
import SystemPackage
import Testing
import Trust

/// The files under `Tests/Fixtures/owner` are what old and new versions of the command and the daemon agree on.
struct GoldenTests {
    @Test(arguments: try Sample.requests())
    func aRequestReadsAndWritesAsItsFile(name: String, request: OwnerRequest) throws {
        try expect(request, toBe: "requests/\(name)")
    }

    @Test(arguments: try Sample.replies())
    func aReplyReadsAndWritesAsItsFile(name: String, reply: OwnerReply) throws {
        try expect(reply, toBe: "replies/\(name)")
    }

    @Test func everyFileHasASample() throws {
        #expect(try Fixture.names(in: "requests") == Sample.requests().map(\.0).sorted())
        #expect(try Fixture.names(in: "replies") == Sample.replies().map(\.0).sorted())
    }

    private func expect<Message: Codable & Equatable>(_ message: Message, toBe file: String) throws {
        let golden = try Fixture.bytes(of: file)
        #expect(try OwnerWire.decoder.decode(Message.self, from: golden) == message)
        let written = try OwnerWire.encoder.encode(message)
        #expect(try JSONValue(parsing: Array(written)) == JSONValue(parsing: Array(golden)))
        #expect(!written.contains(UInt8(ascii: "\n")))
    }

    @Test(arguments: [
        #"{}"#, #"{"request":"open"}"#, #"{"request":"stop"}"#, #"{"request":"stop","session":"../x"}"#,
        #"{"request":"revoke","site":"http://project.example"}"#, #"{"request":"block","site":"project.example"}"#,
        #"{"request":"approve","consent":"0b7e6a52-1f3d-4a9c-8b21-5d2c7e8f9a03"}"#,
        #"{"request":"remove-image","digest":"../../etc/passwd"}"#, #"[]"#, #""status""#,
    ])
    func whatIsNoRequestIsRefused(text: String) {
        #expect(throws: (any Error).self) { try OwnerWire.decoder.decode(OwnerRequest.self, from: Data(text.utf8)) }
    }
}

enum Fixture {
    private static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("Fixtures").appending("owner")

    static func bytes(of name: String) throws -> Data {
        try Data(contentsOf: URL(filePath: folder.pushing(FilePath("\(name).json")).string))
    }

    static func names(in name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(name).string)
            .map { String($0.dropLast(5)) }.sorted()
    }
}
