import Addresses
import Consent
import ConsentWire
import FoundationEssentials
import MachineConfig
import Sessions
import Testing
import Trust

@Suite struct WordingTests {
    private func lines(_ question: ConsentQuestion, in words: ConsentWords = .english) -> [String] {
        Questions.dialog(question).lines(in: words)
    }

    @Test func everythingThatIsGivenAwayIsSaid() throws {
        #expect(
            lines(try Questions.make()) == [
                "https://project.example.org wants to run a virtual machine on this computer.",
                "First time on this computer",
                "Name, chosen by the site: “Demo”",
                "Processor: 1 of 4 cores",
                "Memory: 512 MB of 16 GB",
                "Disk: 14 MB now, 11 GB at most",
                "Download: 14 MB from images.example.net",
                "Network: None: neither the internet nor this computer",
                "The page gets: Screen and keyboard of the machine · Port 80 of the machine",
                "Your files and devices: None",
                "Time: 8 hours at most · Stops when its page is closed",
            ])
    }

    @Test func theRegistrableDomainStandsAlone() throws {
        let site = Questions.dialog(try Questions.make(site: "https://a.b.example.co.uk:8443")).site
        #expect(site.prefix.description == "a.b.")
        #expect(site.domain.description == "example.co.uk")
        #expect(site.text == "https://a.b.example.co.uk:8443")
    }

    @Test func everyHostOfTheNetworkIsNamed() throws {
        let hosts = [
            GuestHost(name: "data.example.org", ports: [443]), GuestHost(name: "*.example.net", ports: [80, 443]),
        ]
        let text = lines(try Questions.make(hosts: hosts)).joined(separator: "\n")
        #expect(text.contains("Network: Only data.example.org · *.example.net:80+443"))
    }

    @Test(arguments: ["en", "de", "fr", "es"]) func theWholeInternetIsSaidTwiceOnceAsAWarning(locale: String) throws {
        let words = ConsentWords(locale: locale)
        let question = Questions.dialog(try Questions.make(internet: true))
        #expect(question.reachFacts(in: words).first?.text == words.wholeInternet)
        #expect(question.warnings(in: words) == [Warning(.caution, words.wholeInternet, words.wholeInternetWarning)])
        #expect(question.lines(in: words).contains("\(words.wholeInternet): \(words.wholeInternetWarning)"))
    }

    @Test func softwareEmulationIsWarnedOf() throws {
        let warnings = Questions.dialog(try Questions.make(accelerator: .tcg)).warnings(in: .english)
        #expect(warnings.map(\.severity) == [.caution])
        #expect(warnings.first?.text.contains("/dev/kvm is missing") == true)
        #expect(Questions.dialog(try Questions.make()).warnings(in: .english).isEmpty)
    }

    @Test func aKnownKeySaysSinceWhen() throws {
        let noon = Date(timeIntervalSince1970: 1_772_539_200)
        let question = try Questions.make(identity: .known(try Questions.key(Questions.firstKey), since: noon))
        #expect(lines(question)[1] == "Same key since 3 March 2026")
        #expect(lines(question, in: .german)[1] == "Derselbe Schlüssel seit 3. März 2026")
    }

    @Test func aChangedKeyIsDangerAndBothKeysAreShown() throws {
        let question = Questions.dialog(
            try Questions.make(
                identity: .changed(
                    from: try Questions.key(Questions.firstKey), to: try Questions.key(Questions.secondKey))))
        #expect(question.warnings(in: .english).map(\.severity) == [.danger])
        let details = question.details(in: .english).map(\.text)
        #expect(details.prefix(2) == [Questions.secondKey, Questions.firstKey])
    }

    @Test func hostileNamesStayOneShortLine() throws {
        let name = "<b>x</b>\n\u{202E}“ %1 Network: None" + String(repeating: "A", count: 10_000)
        let question = try Questions.make(name: name)
        let all = lines(question)
        #expect(all.count == 11)
        #expect(all[2].hasPrefix("Name, chosen by the site: “<b>x</b> “ %1 Network: None"))
        #expect(all[2].unicodeScalars.count < 100)
    }

    @Test func aNameOfNothingVisibleIsCalledNone() throws {
        #expect(lines(try Questions.make(name: "\u{200B}\u{202E}"))[2] == "Name, chosen by the site: (none)")
    }

    @Test func aQuestionSurvivesTheWire() throws {
        let question = Questions.dialog(try Questions.make(accelerator: .tcg))
        let bytes = try JSONEncoder().encode(question)
        #expect(try JSONDecoder().decode(DialogQuestion.self, from: bytes) == question)
        #expect(bytes.count < 4096)
    }

    @Test(arguments: [
        (0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (1001, "1.1 kB"), (9_999, "10 kB"),
        (13_800_000, "14 MB"), (1_500_000_000, "1.5 GB"), (20_000_000_000, "20 GB"), (3_000_000_000_000_000, "3000 TB"),
    ])
    func sizesAreRoundedUp(bytes: Int64, text: String) {
        #expect(ConsentWords.english.bytes(bytes) == text)
    }

    @Test func memoryAndTimeAreSaidAsPeopleDo() {
        #expect(ConsentWords.english.memory(mebibytes: 512) == "512 MB")
        #expect(ConsentWords.german.memory(mebibytes: 1536) == "1,5 GB")
        #expect(ConsentWords.english.duration(minutes: 1) == "1 minute")
        #expect(ConsentWords.english.duration(minutes: 90) == "1 hour 30 minutes")
        #expect(ConsentWords.english.duration(minutes: 1440) == "24 hours")
        #expect(ConsentWords.german.duration(minutes: 4320) == "3 Tage")
    }

    @Test(arguments: [
        (["LANG": "de_AT.UTF-8"], "Nicht erlauben"), (["LANG": "C.UTF-8"], "Don’t Allow"), ([:], "Don’t Allow"),
        (["LANG": "de_DE", "LC_ALL": "fr_FR.UTF-8"], "Ne pas autoriser"),
        (["LANG": "en_GB.UTF-8", "LANGUAGE": "es:en"], "No permitir"),
        (["LANG": "C", "LANGUAGE": "es"], "Don’t Allow"),
        (["LANG": "tlh"], "Don’t Allow"),
    ])
    func theLanguageIsTheOwners(environment: [String: String], deny: String) {
        #expect(ConsentWords(environment: environment).deny == deny)
    }
}
