import ArgumentParser
import FoundationEssentials
import OpenSSL
import SystemPackage
import Trust

extension SigningKey.Algorithm: ExpressibleByArgument {}

/// `lodger key`.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make the key that signs a site's configurations.", subcommands: [New.self])

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Write key.pem, to be kept secret, and lodger.json, to be published.")

        @Option(help: "es256 or ed25519.")
        var algorithm = SigningKey.Algorithm.es256

        @Option(help: ArgumentHelp("The folder for the two files.", valueName: "folder"))
        var out = "."

        @Option(help: "After how many days lodger.json must be renewed.")
        var days = 365

        func validate() throws {
            guard (1...3650).contains(days) else { throw ValidationError("--days must be 1 to 3650") }
        }

        func run() async throws {
            let folder = FilePath(out)
            let (secret, document) = (folder.appending("key.pem"), folder.appending("lodger.json"))
            // Looked at first, so that there is never a key whose document was not written.
            for file in [secret, document] where SiteFile.exists(file) {
                throw Failure("\(file) is there already; it is not overwritten")
            }
            let key = try making { () throws(OpenSSLError) in try SigningKey(generating: algorithm) }
            let pem = try making { () throws(OpenSSLError) in try key.key.pem() }
            let text = key.siteDocument(expires: Date() + TimeInterval(days) * 86400)
            try SiteFile.make(secret, pem, permissions: .ownerReadWrite)
            try SiteFile.make(document, Array(text.utf8), permissions: [.ownerReadWrite, .groupRead, .otherRead])
            print("\(secret): keep it secret; lodger sign needs it")
            print("\(document): publish it at https://YOUR-SITE/.well-known/lodger.json")
            print("key \(key.publicKey.thumbprint)")
        }

        private func making<Value>(_ body: () throws(OpenSSLError) -> Value) throws(Failure) -> Value {
            do throws(OpenSSLError) { return try body() } catch { throw Failure("the key cannot be made: \(error)") }
        }
    }
}
