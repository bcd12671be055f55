import FoundationEssentials
import SystemPackage
import Testing

/// What the owner of a site does with `lodger key`, `sign` and `verify`, as the built command.
struct SiteCommandTests {
    private static let site = "https://project.example"
    private static let configuration = """
        {"name": "Demo", "vm": {"cpus": 1, "memory": 256},"boot": {"from": "disk"},
         "disks": [{"url": "https://project.example/disk.qcow2", "size": 13800000, "format": "qcow2", "capacity": 1073741824,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}]}
        """

    @Test(arguments: ["es256", "ed25519"])
    func whatIsSignedIsVerified(algorithm: String) async throws {
        try await Self.withKey(algorithm) { home in
            let signed = try await home.lodger(
                "sign", home.path("vm.json"), "--key", home.path("key.pem"), "--site", Self.site, "--version", "7",
                "--out", home.path("vm.jws"))
            #expect(signed.status == 0, "\(signed.errors)")
            let verified = try await home.lodger(
                "verify", home.path("vm.jws"), "--site-document", home.path("lodger.json"), "--site", Self.site)
            #expect(verified.status == 0, "\(verified.errors)")
            #expect(verified.output.contains("number 7") && verified.output.contains("Demo"))
            // The daemon refuses a line end; so must what its sites' owners check with.
            let edited = try await home.call(["/bin/sh", "-c", "echo >> \(home.path("vm.jws"))"])
            #expect(edited.status == 0)
            let refused = try await home.lodger(
                "verify", home.path("vm.jws"), "--site-document", home.path("lodger.json"), "--site", Self.site)
            #expect(refused.status == 1)
        }
    }

    @Test func aNonceIsForOneRequest() async throws {
        try await Self.withKey { home in
            let signed = try await home.lodger(
                "sign", home.path("vm.json"), "--key", home.path("key.pem"), "--site", Self.site, "--nonce", "abc")
            try await home.write(signed.output, to: "vm.jws")
            let arguments = [
                "verify", home.path("vm.jws"), "--site-document", home.path("lodger.json"), "--nonce",
            ]
            let right = try await home.call([Home.executable.string] + arguments + ["abc"])
            #expect(right.status == 0 && right.output.contains("one request"), "\(right.errors)")
            let wrong = try await home.call([Home.executable.string] + arguments + ["abd"])
            #expect(wrong.status == 1 && wrong.errors.contains("nonce"))
        }
    }

    @Test func aSignedFileIsServedAsItIsWritten() async throws {
        try await Self.withKey { home in
            let arguments = ["sign", home.path("vm.json"), "--key", home.path("key.pem"), "--site", Self.site]
            let printed = try await home.call([Home.executable.string] + arguments)
            #expect(printed.status == 0 && !printed.output.contains("\n"))
            _ = try await home.call([Home.executable.string] + arguments + ["--out", home.path("vm.jws")])
            let last = try await home.call(["/usr/bin/tail", "-c", "1", home.path("vm.jws")])
            #expect(last.output.count == 1 && last.output != "\n")
            // An editor may have added what a daemon refuses.
            try await home.write(printed.output + "\n", to: "edited.jws")
            let edited = try await home.lodger(
                "verify", home.path("edited.jws"), "--site-document", home.path("lodger.json"))
            #expect(edited.status == 1 && edited.errors.contains("line feed"))
        }
    }

    @Test func aKeyIsTheUsersAloneAndNeverOverwritten() async throws {
        try await Self.withKey { home in
            let mode = try await home.call(["/usr/bin/stat", "-c", "%a", home.path("key.pem")])
            #expect(mode.output == "600\n")
            let before = try await home.call(["/usr/bin/sha256sum", home.path("key.pem"), home.path("lodger.json")])
            let again = try await home.lodger("key", "new", "--out", home.folder.string)
            #expect(again.status == 1 && again.errors.contains("key.pem is there already"))
            let after = try await home.call(["/usr/bin/sha256sum", home.path("key.pem"), home.path("lodger.json")])
            #expect(before.output == after.output)
        }
    }

    @Test func aWrongFieldIsNamed() async throws {
        try await Self.withKey { home in
            for (text, field) in [
                (Self.configuration.replacing("256}", with: "1}"), "vm.memory"),
                (Self.configuration.replacing("9f86", with: "9F86"), "disks[0].sha256"),
                (Self.configuration.replacing("\"name\"", with: "\"title\""), "title"),
                (Self.configuration.replacing("{\"name\"", with: "{\"iss\": 1, \"name\""), "iss"),
            ] {
                try await home.write(text, to: "vm.json")
                let signed = try await home.lodger(
                    "sign", home.path("vm.json"), "--key", home.path("key.pem"), "--site", Self.site)
                #expect(signed.status == 1 && signed.output.isEmpty)
                #expect(signed.errors.contains("vm.json: \(field) "), "\(signed.errors)")
            }
        }
    }

    @Test func anotherSitesFileAndAnotherKeysFileAreNotValid() async throws {
        try await Self.withKey { home in
            let signed = try await home.lodger(
                "sign", home.path("vm.json"), "--key", home.path("key.pem"), "--site", Self.site)
            try await home.write(signed.output, to: "vm.jws")
            let stranger = try await home.lodger(
                "verify", home.path("vm.jws"), "--site-document", home.path("lodger.json"), "--site",
                "https://other.example")
            #expect(stranger.status == 1 && stranger.errors.contains("iss"))
            _ = try await home.call(["/bin/mkdir", home.path("other")])
            _ = try await home.lodger("key", "new", "--out", home.path("other"))
            let unknown = try await home.lodger(
                "verify", home.path("vm.jws"), "--site-document", home.path("other/lodger.json"))
            #expect(unknown.status == 1 && unknown.errors.contains("kid"))
        }
    }

    private static func withKey(_ algorithm: String = "es256", _ body: (Home) async throws -> Void) async throws {
        try await Home.with { home in
            let made = try await home.lodger("key", "new", "--algorithm", algorithm, "--out", home.folder.string)
            #expect(made.status == 0, "\(made.errors)")
            try await home.write(configuration, to: "vm.json")
            try await body(home)
        }
    }
}
