import Addresses
import ArgumentParser
import FoundationEssentials
import StrictJSON
import Trust

/// `lodger verify`.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a signed configuration as a daemon would that meets your site anew.")

    @Argument(help: "The signed file.")
    var file: String

    @Option(help: "The site's lodger.json.")
    var siteDocument: String

    @Option(help: "The site that it must be for; without it, the one that it names.")
    var site: SiteOrigin?

    @Option(help: "The nonce that it must repeat; without it, the one that it names.")
    var nonce: String?

    func run() async throws {
        let signed = try SiteFile.read(file)
        // The commonest fault, and one that no eye sees.
        if signed.last == UInt8(ascii: "\n") {
            throw Failure("\(file): not a compact JWS: it ends with a line feed; serve it without")
        }
        let document = try SiteFile.read(siteDocument)
        guard let site = site ?? Self.issuer(of: signed) else {
            throw Failure("\(file): not a compact JWS whose iss names a site")
        }
        do throws(TrustError) {
            let report = try SignedFileReport(
                checking: signed, document: document, site: site, nonce: nonce, now: Date())
            Output.table(report.rows)
        } catch {
            throw Failure("\(file): \(error.sentence)")
        }
    }

    /// The site that an unchecked file says it is for.
    private static func issuer(of signed: [UInt8]) -> SiteOrigin? {
        let parts = signed.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Base64URL.decode(parts[1]) else { return nil }
        // What is no JSON names no site; the check proper says more.
        let members = (try? JSONValue(parsing: payload))?.object
        return members?["iss"]?.string.flatMap { SiteOrigin($0) }
    }
}
