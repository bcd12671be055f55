import Addresses
import ArgumentParser
import FoundationEssentials
import Linux
import MachineConfig
import SystemPackage
import Trust

/// `lodger sign`.
struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign a configuration for your site.",
        discussion: """
            With --nonce the result is for one request of one visitor and good for ten minutes. Without it the result is \
            a file for a web server, with a number that must grow; where you name none, it is the time.
            """)

    @Argument(help: "The configuration, a JSON file.")
    var configuration: String

    @Option(help: "The secret key, key.pem.")
    var key: String

    @Option(help: "Your site, such as https://project.example.")
    var site: SiteOrigin

    @Option(help: "What the daemon sent as ?nonce=.")
    var nonce: String?

    @Option(name: .customLong("version"), help: "A number that is higher than that of the file before.")
    var number: Int64?

    @Option(help: ArgumentHelp("In how many days the file expires, 1 to 90.", valueName: "days"))
    var expires: Int64 = 30

    @Option(help: ArgumentHelp("Write here, not to standard output.", valueName: "file"))
    var out: String?

    func validate() throws {
        guard nonce == nil || number == nil else { throw ValidationError("--nonce and --version exclude each other") }
        guard (1...90).contains(expires) else { throw ValidationError("--expires must be 1 to 90 days") }
    }

    func run() async throws {
        guard let signingKey = SigningKey(pem: try SiteFile.read(key)) else {
            throw Failure("\(key) is not an unencrypted private key on P-256 or for Ed25519, in PEM")
        }
        let now = Date()
        let freshness: ConfigurationSigner.Freshness =
            if let nonce {
                .nonce(nonce)
            } else {
                .numbered(number ?? Int64(now.timeIntervalSince1970), life: expires * 86400)
            }
        let signed = try sign(try SiteFile.read(configuration), freshness, with: signingKey, now: now)
        // Without a line feed, which is no part of a compact JWS: a file is served as it is.
        guard let out else { return print(signed, terminator: StandardOutput.isTerminal ? "\n" : "") }
        try SiteFile.write(FilePath(out), Array(signed.utf8))
    }

    private func sign(
        _ text: [UInt8], _ freshness: ConfigurationSigner.Freshness, with key: SigningKey, now: Date
    ) throws(Failure) -> String {
        do throws(ConfigurationSigner.Failure) {
            return try ConfigurationSigner(key: key, site: site).sign(text, freshness, now: now)
        } catch {
            switch error {
            case .notJSON(let reason): throw Failure("\(configuration) is not JSON: \(reason)")
            case .configuration(let fault): throw Failure("\(configuration): \(fault.field) \(fault.reason)")
            case .openSSL(let reason): throw Failure("cannot sign: \(reason)")
            }
        }
    }
}
